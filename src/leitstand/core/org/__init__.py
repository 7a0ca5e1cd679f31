"""Organisation tree and people."""
