"""Kinds of notices; every feature registers its own, people choose per kind how they hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.db import models
from django.utils.translation import gettext_lazy as _

from leitstand.core.base.registry import Registry

MAIL, DIGEST, PAGE = "mail", "digest", "page"


class Channel(models.TextChoices):
    """How somebody hears of a notice; the page has it in any case."""

    MAIL = MAIL, _("e-mail at once")
    DIGEST = DIGEST, _("once a day in one e-mail")
    PAGE = PAGE, _("on the page only")


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notice; ``default`` is the channel of those who have chosen none."""

    code: str
    label: Any
    help: Any
    default: str


kinds: Registry[NoticeKind] = Registry("kind of notice")


def register(
    code: str, label: Any, help: Any, default: Literal["mail", "digest", "page"] = "mail"
) -> None:
    """Register a kind of notice; the same code twice raises."""
    kinds.add(code, NoticeKind(code, label, help, default))
