"""Tests of the web search."""
