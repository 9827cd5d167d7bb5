"""Tests of ``bot.youtube``."""
