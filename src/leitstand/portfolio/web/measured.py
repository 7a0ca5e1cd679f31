"""Pages of indicators: one indicator with curve and values, entering values, cards of a goal."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstand.core.base import clock
from leitstand.core.base.errors import Conflict, Invalid
from leitstand.core.tables.dates import PartialDate
from leitstand.core.tables.numbers import group
from leitstand.core.ui import components as ui
from leitstand.core.ui import curve
from leitstand.core.ui.datatable import text_of
from leitstand.portfolio.actions import indicators as actions
from leitstand.portfolio.actions.strategy import keeps, require
from leitstand.portfolio.domain.progress import Pace
from leitstand.portfolio.models import Indicator, IndicatorValue
from leitstand.portfolio.queries import measured as queries
from leitstand.portfolio.queries.measured import GoalProgress, Measured
from leitstand.portfolio.tables.indicators import VALUES
from leitstand.portfolio.web import conflict
from leitstand.portfolio.web.filtering import reader
from leitstand.portfolio.web.forms import TableForm, merged


def _address(indicator_id: uuid.UUID) -> str:
    return reverse("portfolio:indicator", args=[indicator_id])


def number(value: Decimal | None, unit: str = "") -> str:
    """A value as people write it, with its unit; "" for none."""
    if value is None:
        return ""
    plain = value.normalize()
    places = max(0, -int(plain.as_tuple().exponent))
    return f"{group(value, places)} {unit}".strip()


def badge(pace: Pace) -> ui.Badge:
    """Where an indicator stands, in words."""
    words = {
        Pace.REACHED: _("target reached"), Pace.ON_TRACK: _("on track"),
        Pace.BEHIND: _("behind the plan"), Pace.MISSED: _("target missed"),
        Pace.UNKNOWN: _("not known"),
    }  # fmt: skip
    kinds: dict[Pace, ui.Kind] = {
        Pace.REACHED: "success", Pace.ON_TRACK: "success", Pace.BEHIND: "warning",
        Pace.MISSED: "danger", Pace.UNKNOWN: "neutral",
    }  # fmt: skip
    return ui.Badge(words[pace], kinds[pace])


def explained(found: Measured) -> str:
    """How the progress was computed, with the numbers; what is missing if it is unknown."""
    row, how = found.indicator, found.progress
    if found.value is None:
        return _("No value has been entered yet.")
    if row.target_value is None:
        return _("There is no target value.")
    if how.share is None:
        return _(
            "Target %(target)s; without a value at the beginning no share can be computed."
        ) % {"target": number(row.target_value, row.unit_label)}
    text = _("From %(first)s to %(now)s: %(share)s of the way to %(target)s.") % {
        "first": number(row.baseline_value, row.unit_label),
        "now": number(found.value, row.unit_label),
        "share": _percent(how.share),
        "target": number(row.target_value, row.unit_label),
    }
    if how.expected is None:
        return text
    more = _("By the time that has passed, %(expected)s were to be expected.")
    return f"{text} {more % {'expected': _percent(how.expected)}}"


def _percent(share: float) -> str:
    return f"{round(share)} %"


def section(found: GoalProgress) -> dict[str, Any]:
    """Indicators of a goal or programme as a table, and their mean in words."""
    rows = [
        ui.Row((
            ui.Cell(one.indicator.name, url=_address(one.indicator.pk), note=one.indicator.code),
            _last(one),
            number(one.indicator.target_value, one.indicator.unit_label),
            ui.Cell(badge=badge(one.progress.pace)), explained(one),
        ))
        for one in found.measured
    ]  # fmt: skip
    columns = [
        ui.Column("name", _("Indicator")),
        ui.Column("value", _("Last value")),
        ui.Column("target", _("Target value")),
        ui.Column("pace", _("State")),
        ui.Column("how", _("How this was computed")),
    ]
    table = ui.DataTable(
        _("Measured by indicators"), columns, rows, id="measured", caption_visible=True
    )
    return {"measured": table if rows else None, "measured_text": _mean(found)}


def _last(one: Measured) -> ui.Cell:
    day = text_of(one.value_day) if one.value_day else ""
    return ui.Cell(number(one.value, one.indicator.unit_label), note=day)


def _mean(found: GoalProgress) -> str:
    if found.share is None:
        return ""
    text = ngettext(
        "Progress by indicators: %(share)s (of one indicator).",
        "Progress by indicators: %(share)s (mean of %(number)d indicators, each counted from 0 to 100 %%).",
        found.counted,
    )
    return text % {"share": _percent(found.share), "number": found.counted}


# --- one indicator --------------------------------------------------------------------------------


def indicator(request: HttpRequest, indicator_id: uuid.UUID) -> HttpResponse:
    """An indicator with its curve, the same values as a table, and how far it has come."""
    actor = reader(request)
    found = queries.one(actor, indicator_id)
    row, change = found.indicator, keeps(actor)
    context = {
        "indicator": row,
        "badge": badge(found.progress.pace),
        "explained": explained(found),
        "facts": _facts(found),
        "picture": picture(found),
        "table": _values(found, change=change),
        "actions": _actions(row) if change else [],
        "crumbs": crumbs_of(row),
    }
    return render(request, "portfolio/indicator.html", context)


def crumbs_of(row: Indicator, *more: str) -> list[ui.Link]:
    """The way to an indicator, and to a page below it."""
    links = [ui.Link(_("Goals and progress"), reverse("portfolio:goals"))]
    if row.goal_id and row.goal:
        links.append(ui.Link(row.goal.name, reverse("portfolio:goal", args=[row.goal_id])))
    links.append(ui.Link(row.name, _address(row.pk) if more else ""))
    return [*links, *(ui.Link(text) for text in more)]


def _actions(row: Indicator) -> list[ui.Action]:
    return [
        ui.Action(_("Enter a value"), reverse("portfolio:indicator_value_add", args=[row.pk]),
                  "primary", "add"),
        ui.Action(_("Import values"), reverse("portfolio:indicator_import", args=[row.pk])),
        ui.Action(_("Change"), reverse("portfolio:strategy_edit", args=["indicator", row.pk]),
                  icon="edit"),
    ]  # fmt: skip


def _facts(found: Measured) -> list[tuple[Any, Any]]:
    row = found.indicator
    sources = dict(queries.source_choices())
    facts = [
        (_("Code"), row.code),
        (_("Programme"), str(row.programme) if row.programme else ""),
        (_("Direction"), row.get_direction_display()),
        (_("At the beginning"), _dated(row.baseline_value, row.baseline_date, row.unit_label)),
        (_("Target"), _dated(row.target_value, row.target_date, row.unit_label)),
        (_("Last value"), _dated(found.value, found.value_day, row.unit_label)),
        (
            _("Where values come from"),
            sources.get(row.source, row.source) or _("entered by people"),
        ),
    ]
    return [(label, value) for label, value in facts if value]


def _dated(value: Decimal | None, day: date | None, unit: str) -> str:
    parts = [number(value, unit), f"({text_of(day)})" if day else ""]
    return " ".join(part for part in parts if part) if value is not None else ""


def picture(found: Measured) -> SafeString:
    """Values as a line, the way to the target dashed; empty without values."""
    row = found.indicator
    points = [(value.day, float(value.value)) for value in found.values]
    if found.now is not None and found.value_day:
        points = [
            *[p for p in points if p[0] < found.value_day],
            (found.value_day, float(found.now)),
        ]
    if not points:
        return SafeString("")
    lines = [curve.Line(_("measured"), points, "done")]
    ends = [
        (day, float(value))
        for day, value in (
            (row.baseline_date, row.baseline_value), (row.target_date, row.target_value),
        )
        if day is not None and value is not None
    ]  # fmt: skip
    way = _way(ends)
    if way:
        lines.append(curve.Line(_("planned"), way, "planned", dashed=True))
    highest = max([value for _day, value in points] + [value for _day, value in way])
    marks = [curve.Mark(_("target"), row.target_date, "neutral")] if row.target_date else []
    return curve.render(curve.Curve(lines, row.name, max(highest, 1), marks))


def _way(ends: Sequence[tuple[date, float]]) -> list[tuple[date, float]]:
    """Even steps of about a month from the beginning to the target; the picture knows steps only."""
    if len(ends) < 2:
        return list(ends)
    (first, low), (last, high) = ends
    steps = max((last - first).days // 30, 1)
    return [
        (first + (last - first) * n / steps, low + (high - low) * n / steps)
        for n in range(steps + 1)
    ]


def _values(found: Measured, *, change: bool) -> ui.DataTable:
    row = found.indicator
    rows = [_value_row(row, value, change=change) for value in reversed(found.values)]
    if found.now is not None:
        computed = (
            text_of(found.value_day), number(found.now, row.unit_label),
            _("computed now, over what you may see"), "", *([""] if change else []),
        )  # fmt: skip
        rows.insert(0, ui.Row(computed))
    columns = [
        ui.Column("day", _("Day")),
        ui.Column("value", _("Value"), numeric=True),
        ui.Column("note", _("Note")),
        ui.Column("by", _("Entered by")),
        *([ui.Column("actions", _("Actions"), nowrap=True)] if change else []),
    ]
    return ui.DataTable(
        VALUES.label_plural, columns, rows, id="values", caption_visible=True,
        empty_title=_("No values yet"), empty_text=_("Enter what was measured, with its day."),
        empty_actions=_actions(row)[:1] if change else (),
    )  # fmt: skip


def _value_row(row: Indicator, value: IndicatorValue, *, change: bool) -> ui.Row:
    by = str(value.entered_by) if value.entered_by else ""
    shown: list[Any] = [value.day, number(value.value, row.unit_label), value.note, by]
    if change:
        url = reverse("portfolio:indicator_value", args=[row.pk, value.pk])
        shown.append(ui.Cell(_("Change"), url=url))
    return ui.Row(shown)


# --- entering values ------------------------------------------------------------------------------


def _form(
    data: Any = None, row: IndicatorValue | None = None, initial: dict[str, Any] | None = None
) -> TableForm:
    return TableForm(tuple(VALUES), IndicatorValue, data, row=row, initial=initial)


def value_add(request: HttpRequest, indicator_id: uuid.UUID) -> HttpResponse:
    """Enter the value of a day; today's computed one is proposed."""
    actor = reader(request)
    require(actor)
    found = queries.one(actor, indicator_id)
    first: dict[str, Any] = {"day": PartialDate(clock.today())}
    if found.now is not None:
        first["value"] = found.now
    form = _form(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_value(indicator_id, actor=actor, **form.values())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(indicator_id))
    return _show(request, form, found.indicator, _("Enter a value"))


def value_edit(request: HttpRequest, indicator_id: uuid.UUID, value_id: uuid.UUID) -> HttpResponse:
    """Change a value; a conflict shows both versions."""
    actor = reader(request)
    require(actor)
    indicator = queries.one(actor, indicator_id).indicator
    value = actions.value_of(indicator_id, value_id)
    form = _form(merged(request.POST) if request.method == "POST" else None, value)
    title = _("Change the value")
    if request.method == "POST" and form.is_valid():
        values = form.values(form.changed_names())
        try:
            actions.change_value(value_id, actor=actor, version=form.version, values=values)
        except Conflict:
            fresh = _form(row=actions.value_of(indicator_id, value_id))
            found = conflict.context(form, fresh, object_title=indicator.name,
                                     cancel_url=_address(indicator_id),
                                     crumbs=crumbs_of(indicator, title))  # fmt: skip
            return conflict.page(request, found) if found else redirect(_address(indicator_id))
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(indicator_id))
    remove = reverse("portfolio:indicator_value_remove", args=[indicator_id, value_id])
    return _show(request, form, indicator, title, remove_url=remove)


def value_remove(
    request: HttpRequest, indicator_id: uuid.UUID, value_id: uuid.UUID
) -> HttpResponse:
    """Remove a value after a question."""
    actor = reader(request)
    require(actor)
    indicator = queries.one(actor, indicator_id).indicator
    value = actions.value_of(indicator_id, value_id)
    if request.method == "POST":
        actions.remove_value(value_id, actor=actor)
        messages.success(request, _("The value has been removed."))
        return redirect(_address(indicator_id))
    title = _("Remove the value")
    text = _("Remove the value %(value)s of %(day)s?")
    shown = {"value": number(value.value, indicator.unit_label), "day": text_of(value.day)}
    context = {
        "title": title, "lines": [text % shown], "action": request.path, "danger": True,
        "confirm_label": _("Remove"), "cancel_url": _address(indicator_id),
        "crumbs": crumbs_of(indicator, title),
    }  # fmt: skip
    return render(request, "ui/confirm.html", context)


def _show(
    request: HttpRequest, form: TableForm, row: Indicator, title: str, remove_url: str = ""
) -> HttpResponse:
    context = {
        "title": title, "subline": row.name, "form": form, "crumbs": crumbs_of(row, title),
        "cancel_url": _address(row.pk), "remove_url": remove_url,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portfolio/indicator_value.html", context, status=status)
