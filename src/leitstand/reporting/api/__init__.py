"""End points of committee reporting."""
