"""Read models: resource paths, filters, expanded entities."""
