"""Recorded chats: what other programs have kept of them, and the source that plays them back."""
