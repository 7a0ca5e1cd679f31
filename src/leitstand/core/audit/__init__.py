"""Append-only trail, sealer and verification."""
