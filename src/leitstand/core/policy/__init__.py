"""Permissions, roles, grants and the one SQL predicate."""
