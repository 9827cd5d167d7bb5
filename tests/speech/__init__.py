"""Tests of ``bot.speech``."""
