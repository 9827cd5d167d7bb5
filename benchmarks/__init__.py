"""What is claimed about speed, measured: each figure against a baseline of the same run."""
