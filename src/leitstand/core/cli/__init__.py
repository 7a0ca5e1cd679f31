"""Commands of the kernel: each module has ``configure(parser)`` and ``run(args) -> int``."""
