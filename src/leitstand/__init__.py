"""Leitstand: the platform from which a German city runs its digital transformation."""

__version__ = "0.1.0"
