"""Kernel part: comments with mentions on any kind of object."""
