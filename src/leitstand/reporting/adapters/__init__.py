"""Readers of foreign systems: one file each."""
