"""The kernel: what every feature needs and none may copy."""
