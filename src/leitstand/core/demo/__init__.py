"""Kernel part: demo."""
