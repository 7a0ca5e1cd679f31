"""Foreign programmes that planning uses."""
