"""Where every comment enters: obeyed, taken back, or ranked to wait."""
