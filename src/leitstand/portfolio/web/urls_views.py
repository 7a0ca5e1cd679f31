"""Addresses of the views, exports and calendar."""

from __future__ import annotations

from django.urls import path

from leitstand.portfolio.web import (
    board,
    bulk,
    calendar,
    changes,
    changes_more,
    criteria,
    exports,
    indicators,
    inline,
    listing,
    matrix,
    roadmap,
    scores,
    units,
)

urlpatterns = [
    path("vorhaben/", listing.projects, name="list"),
    path("vorhaben/aendern/", bulk.change, name="bulk"),
    path("vorhaben/<uuid:project_id>/feld/<slug:name>/", inline.edit, name="cell"),
    path("vorhaben/<uuid:project_id>/phase/", board.move, name="move"),
    path("vorhaben/<uuid:project_id>/meilensteine.ics", calendar.project, name="project_calendar"),
    path("vorhaben/herunterladen/", exports.downloads, name="downloads"),
    path("vorhaben/export.<slug:form>", exports.projects, name="export"),
    path("vorhaben/export/<slug:kind>.<slug:form>", exports.part, name="export_part"),
    path("meilensteine.ics", calendar.selection, name="calendar"),
    path("aenderungen/", changes.changes, name="changes"),
    path("aenderungen/export.<slug:form>", changes.download, name="changes_download"),
    path("aenderungen/weitere/", changes_more.page, name="changes_more"),
    path(
        "aenderungen/weitere/export.<slug:form>", changes_more.download,
        name="changes_more_download",
    ),
    path("roadmap/", roadmap.projects, name="roadmap"),
    path("board/", board.projects, name="board"),
    path("prioritaeten/", matrix.projects, name="matrix"),
    path("prioritaeten/<uuid:project_id>/<uuid:criterion_id>/", scores.score, name="score"),
    path("prioritaeten/<uuid:project_id>/", scores.assess, name="assess"),
    path("prioritaeten/kriterien/neu/", criteria.add, name="criterion_add"),
    path("prioritaeten/kriterien/<uuid:criterion_id>/", criteria.edit, name="criterion_edit"),
    path(
        "prioritaeten/kriterien/<uuid:criterion_id>/loeschen/",
        criteria.delete,
        name="criterion_delete",
    ),
    path("kennzahlen/", indicators.projects, name="indicators"),
    path("ziele/", units.strategy, name="goals"),
    path("ziele/<uuid:goal_id>/", units.goal, name="goal"),
    path("handlungsfelder/<uuid:field_id>/", units.field, name="field"),
    path("programme/<uuid:programme_id>/", units.programme, name="programme"),
    path("einheiten/<uuid:unit_id>/", units.unit, name="unit"),
]
