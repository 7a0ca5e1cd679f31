"""The standard's interface and the pages."""
