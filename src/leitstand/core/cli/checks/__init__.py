"""The single checks of ``leitstand doctor``."""
