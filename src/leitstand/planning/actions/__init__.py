"""The only writers of planning."""
