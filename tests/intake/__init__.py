"""Tests of ``bot.intake``."""
