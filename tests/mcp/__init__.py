"""Tests of the streamer's own tools."""
