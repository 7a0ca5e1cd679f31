"""Read models of committee reporting."""
