"""Twitch: its chat as a source and as a stage, and the account that is signed in."""
