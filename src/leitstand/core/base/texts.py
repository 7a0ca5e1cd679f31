"""Texts that the store can keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from leitstand.core.base.errors import Invalid


def refuse_unstorable(values: Mapping[str, Any]) -> None:
    """Raise ``Invalid`` for texts with NUL or half a surrogate pair.

    PostgreSQL refuses both with an error of its own; SQLite would keep the first.
    """
    wrong = [name for name, text in values.items() if isinstance(text, str) and _unstorable(text)]
    if wrong:
        text = _("The text contains a character that cannot be stored. Type it anew.")
        raise Invalid({name: [text] for name in wrong})


def _unstorable(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text)
