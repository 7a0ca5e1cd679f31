"""Backup and export: one consistent view of the data, written to one zip, read back with care."""
