"""Tests of recorded chats."""
