"""A live-stream character that answers chat, and falls silent when a moderator says so."""
