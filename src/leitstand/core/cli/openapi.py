"""``leitstand openapi``: the API description as JSON."""

from __future__ import annotations

import argparse
import json


def configure(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(args: argparse.Namespace) -> int:
    """Print the OpenAPI document."""
    from leitstand.api import api

    print(json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False, default=str))
    return 0
