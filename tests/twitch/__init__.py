"""Tests of ``bot.twitch``."""
