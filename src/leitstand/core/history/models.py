"""No tables of its own; Django tells only apps with models of the end of ``migrate``."""
