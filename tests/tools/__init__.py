"""Tests of what a character may have done."""
