"""Search: finding things on the web for the character, and reading what was found."""
