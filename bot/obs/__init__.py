"""OBS: the reply in a text source, and the overlay's browser source."""
