"""Tests of ``bot.sources``."""
