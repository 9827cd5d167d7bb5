"""YouTube's live chat as a source."""
