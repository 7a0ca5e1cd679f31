"""Read models of the portfolio."""
