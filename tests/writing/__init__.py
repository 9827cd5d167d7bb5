"""Tests of ``bot.writing``."""
