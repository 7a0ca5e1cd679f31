"""Pages of committee reporting."""
