"""Addresses of the strategy's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from leitstand.portfolio.web import strategy

urlpatterns: list[URLPattern] = [
    path("strategie/", strategy.strategy, name="strategy"),
    path("strategie/<slug:kind>/neu/", strategy.strategy_add, name="strategy_add"),
    path("strategie/<slug:kind>/<uuid:entry_id>/", strategy.strategy_edit, name="strategy_edit"),
    path(
        "strategie/<slug:kind>/<uuid:entry_id>/loeschen/",
        strategy.strategy_delete,
        name="strategy_delete",
    ),
]
