"""Stored files: sniffed, limited, never inline."""
