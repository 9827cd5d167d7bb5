"""Tests of ``bot.show``."""
