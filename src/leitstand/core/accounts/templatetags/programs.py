"""`{% load programs %}`: names of browsers."""

from __future__ import annotations

from django import template

from leitstand.core.accounts.programs import program_name

register = template.Library()


@register.filter
def program(user_agent: str) -> str:
    """The browser and system of a user agent in plain words."""
    return program_name(user_agent)
