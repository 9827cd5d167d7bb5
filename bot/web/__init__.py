"""The bot's own web server: overlay, panel, and the scripting face."""
