"""Measurements, started by `make bench NAME=…`; each writes bench.json."""
