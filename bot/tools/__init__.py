"""Tools: what a character may have done while it thinks of an answer, and what comes of it."""
