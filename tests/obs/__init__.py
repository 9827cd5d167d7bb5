"""Tests of ``bot.obs``."""
