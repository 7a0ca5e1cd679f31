"""Writers of status rounds."""
