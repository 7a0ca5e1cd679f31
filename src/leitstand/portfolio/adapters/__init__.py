"""Foreign list formats: each adapter turns a file into rows for the product's importer."""
