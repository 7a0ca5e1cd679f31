"""Tests of committee reporting."""
