"""Pages of status rounds."""
