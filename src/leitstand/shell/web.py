"""Pages of the shell."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def start(request: HttpRequest) -> HttpResponse:
    """Start page: for visitors the public portal, for employees the day's work."""
    return render(request, "ui/base.html")


def text(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a legal text."""
    return render(request, "ui/base.html")


def feedback(request: HttpRequest) -> HttpResponse:
    """Take the report of a barrier."""
    return render(request, "ui/base.html")
