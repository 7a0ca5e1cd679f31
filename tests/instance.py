"""Gives every test process a data folder of its own.

Loaded by ``-p`` before the settings are read, which a ``conftest.py`` would be too late for.
Variables of the instance that a developer may have set do not leak into the tests; the database
address does, so that the same suite runs on PostgreSQL.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_KEPT = {"LEITSTAND_DATABASE_URL", "LEITSTAND_REFERENCE_DATA"}

for _name in [name for name in os.environ if name.startswith("LEITSTAND_")]:
    if _name not in _KEPT:
        del os.environ[_name]
DATA = tempfile.mkdtemp(prefix="leitstand-test-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
os.environ["LEITSTAND_DATA"] = DATA
os.environ["LEITSTAND_SECRET_KEY"] = "for-tests-only-" + "x" * 40
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leitstand.settings")
