"""Planning over the API."""
