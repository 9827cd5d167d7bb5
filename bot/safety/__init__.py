"""The one judge for every outlet: what strangers write, and what the character says."""
