"""Tests of ``bot.web``."""
