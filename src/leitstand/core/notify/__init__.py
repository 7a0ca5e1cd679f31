"""Telling people: notices in the product and e-mails, written with the action that causes them."""
