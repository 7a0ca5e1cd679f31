"""What higher layers say when an account is to be disabled."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from leitstand.core.base.registry import Registry

disabling_guards: Registry[Callable[[uuid.UUID], Any]] = Registry("disabling guard")
"""Each takes the account's id and returns an objection as text, or ``""``."""
