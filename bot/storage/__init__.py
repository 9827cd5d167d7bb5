"""SQLite: who said what, and what was answered."""
