"""Pure Python: the standard's entities, paths, query options and moments."""
