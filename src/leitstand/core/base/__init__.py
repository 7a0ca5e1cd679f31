"""Ids, clock, errors, actor, registries and ports; the bottom of the kernel."""
