"""Accounts, log-in, tokens; who is acting."""
