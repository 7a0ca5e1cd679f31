"""Saved views: a selection of a list under a name, private or shared."""
