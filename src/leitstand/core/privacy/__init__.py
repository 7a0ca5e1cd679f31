"""Data protection: what is stored about a person, for how long, and how it goes."""
