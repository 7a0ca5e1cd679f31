"""History of tracked tables: database triggers keep every version, ``as_of`` reads a past day."""
