"""The only writers of the portfolio, one file per aggregate."""
