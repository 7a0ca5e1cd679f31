"""Tests of Leitstand; every module is importable from the checkout root."""
