"""The JSON API: one NinjaAPI, problem+json for every error, routers of kernel and features."""

from __future__ import annotations

from leitstand.core.administration.api import build_api

api = build_api()
