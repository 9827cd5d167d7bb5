"""Builds a show of what the settings name, and runs it."""
