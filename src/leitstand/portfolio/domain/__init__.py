"""Rules of the portfolio in pure Python."""
