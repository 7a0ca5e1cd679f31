"""Commands of committee reporting."""
