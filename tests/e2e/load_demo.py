"""Loads the demo city into an instance and writes its log-ins to ``demo.json``."""

from __future__ import annotations

import dataclasses
import json
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstand.settings")

import django

django.setup()

from django.conf import settings

from leitstand.core.demo import loading

if __name__ == "__main__":
    target = settings.CONFIG.data / "demo.json"

    def keep(logins: object) -> None:
        """Write the log-ins down."""
        target.write_text(json.dumps([dataclasses.asdict(one) for one in logins]))

    loading.load(keep)
