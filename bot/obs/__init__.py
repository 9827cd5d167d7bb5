"""OBS: the reply in a text source, and the setup of what shows it."""
