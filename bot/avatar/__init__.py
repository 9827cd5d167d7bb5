"""The avatar: the character as a model in VTube Studio."""
