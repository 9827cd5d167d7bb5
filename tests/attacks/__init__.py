"""Attacks, and the innocent texts that look like them."""
