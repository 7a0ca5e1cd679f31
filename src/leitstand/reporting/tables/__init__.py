"""Columns of the lists of committee reporting."""
