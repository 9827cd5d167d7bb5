"""From a batch of comments to the character's sentences."""
