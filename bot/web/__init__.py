"""The bot's own web server: overlay, chat page, and the scripting face."""
