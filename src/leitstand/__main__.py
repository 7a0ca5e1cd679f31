"""Entry point of ``python -m leitstand``."""

from leitstand.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
