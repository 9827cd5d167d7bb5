"""OBS: the reply in a text source."""
