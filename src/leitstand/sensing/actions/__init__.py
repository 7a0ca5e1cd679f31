"""The only writers of entities, values and tokens."""
