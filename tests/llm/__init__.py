"""Tests of ``bot.llm``."""
