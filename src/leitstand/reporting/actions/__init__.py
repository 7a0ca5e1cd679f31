"""The only writers of committee reporting."""
