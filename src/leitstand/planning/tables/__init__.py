"""Columns of planning's lists."""
