"""The portfolio's end points of the JSON API, one file per group of objects."""
