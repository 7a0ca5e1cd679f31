"""Pages of stations: the list with latest values, one station, registering, tokens."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leitstand.core.accounts.identity import actor_of
from leitstand.core.administration.access import carried_out, may, needs, paged
from leitstand.core.base.errors import NotFound
from leitstand.core.ui import components as ui
from leitstand.sensing import policy
from leitstand.sensing.actions import stations as actions
from leitstand.sensing.actions import tokens
from leitstand.sensing.models import Thing
from leitstand.sensing.policy import Caller
from leitstand.sensing.queries import stations as read
from leitstand.sensing.web.service import PREFIX
from leitstand.sensing.web.station_forms import SearchForm, StationForm

_SHOWN = "sensing_token"


@needs(policy.VIEW)
def listing(request: HttpRequest) -> HttpResponse:
    """Stations and the newest value of each series."""
    actor = actor_of(request)
    form = SearchForm(request.GET or None)
    search = form.cleaned_data["name"] if form.is_valid() else ""
    page = paged(request, read.stations(Caller(actor), search))
    columns = [
        ui.Column("name", _("Station")), ui.Column("values", _("Latest values")),
        ui.Column("last", _("Measured"), nowrap=True), ui.Column("unit", _("Unit in charge")),
        ui.Column("level", _("Confidentiality"), nowrap=True),
    ]  # fmt: skip
    actions_ = [_register()] if may(actor, policy.CHANGE) else []
    table = ui.DataTable(
        _("Stations"), columns, [_row(line) for line in read.lines(list(page))], id="stations",
        empty_title=_("No stations"),
        empty_text=_("Register a station: it then gets an address and a token that its sender uses."),
        empty_actions=actions_,
    )  # fmt: skip
    context = {
        "title": _("Stations"), "filter": form, "reset_url": reverse("sensing:stations"),
        "page": page, "table": table, "actions": actions_, "crumbs": [ui.Link(_("Stations"))],
    }  # fmt: skip
    return render(request, "sensing/list.html", context)


def _register() -> ui.Action:
    return ui.Action(_("Register a station"), reverse("sensing:station_new"), "primary", "add")


def _row(line: read.Line) -> ui.Row:
    thing = line.thing
    values = ", ".join(f"{one.stream.name}: {words(one)}" for one in line.series[:4])
    more = len(line.series) - 4
    cells = [
        ui.Cell(thing.name, reverse("sensing:station", args=[thing.pk])),
        ui.Cell(values or _("no series"), note=_("and %(n)d more") % {"n": more} if more > 0 else ""),
        line.last, thing.unit.name, thing.get_confidentiality_display(),
    ]  # fmt: skip
    return ui.Row(cells, label=thing.name)


def words(one: read.Latest) -> str:
    """A value with its unit, in the reader's numbers."""
    if one.at is None:
        return _("no value yet")
    value = one.value
    if isinstance(value, float):
        value = ui_number(value)
    return f"{value} {one.symbol}".strip()


def ui_number(value: float) -> str:
    """A number in the reader's form, with at most three places."""
    return number_format(round(value, 3), use_l10n=True)


def _get(request: HttpRequest, thing_id: int) -> Thing:
    row = policy.things(Caller(actor_of(request))).select_related("unit").filter(pk=thing_id).first()
    if row is None:
        raise NotFound
    return row


@needs(policy.VIEW)
def station(request: HttpRequest, station_id: int) -> HttpResponse:
    """One station: values, where its sender sends to, its tokens."""
    thing = _get(request, station_id)
    line = read.lines([thing])[0]
    changeable = policy.may_change(Caller(actor_of(request)), thing)
    shown = request.session.pop(_SHOWN, None) if changeable else None
    token = shown[1] if shown and shown[0] == thing.pk else ""
    columns = [
        ui.Column("name", _("Series")), ui.Column("value", _("Latest value"), numeric=True),
        ui.Column("at", _("Measured"), nowrap=True), ui.Column("count", _("Values"), numeric=True),
        ui.Column("id", _("Number of the Datastream"), numeric=True),
    ]  # fmt: skip
    rows = [
        ui.Row([one.stream.name, words(one), one.at, one.count, str(one.stream.pk)])
        for one in line.series
    ]
    base = request.build_absolute_uri(PREFIX)
    first = line.series[0].stream.pk if line.series else 0
    context: dict[str, Any] = {
        "title": thing.name, "thing": thing, "level": thing.get_confidentiality_display(),
        "table": ui.DataTable(
            _("Latest values"), columns, rows, id="series", empty_title=_("No series"),
            empty_text=_("Series are added over the interface: POST to Datastreams."),
        ),
        "base": base, "address": f"{base}/Datastreams({first})/Observations" if first else "",
        "token": token, "tokens": read.tokens(thing) if changeable else [], "changeable": changeable,
        "crumbs": [ui.Link(_("Stations"), reverse("sensing:stations")), ui.Link(thing.name)],
    }  # fmt: skip
    response = render(request, "sensing/station.html", context)
    if token:
        response["Cache-Control"] = "no-store"
    return response


@needs(policy.CHANGE)
def new(request: HttpRequest) -> HttpResponse:
    """Register a station; its page then shows the token once."""
    form = StationForm(request.POST if request.method == "POST" else None)
    made: list[Any] = []

    def register(values: dict[str, Any]) -> None:
        made.extend(actions.register(actor=actor_of(request), values=values))

    if request.method == "POST" and carried_out(form, register):
        return _show(request, made[0], made[1])
    home = reverse("sensing:stations")
    context = {
        "title": _("Register a station"), "form": form, "cancel_url": home,
        "submit_label": _("Register"),
        "crumbs": [ui.Link(_("Stations"), home), ui.Link(_("Register"))],
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "ui/form_page.html", context, status=status)


def _show(request: HttpRequest, thing: Thing, token: str) -> HttpResponse:
    """The station's page, which shows the token this one time."""
    request.session[_SHOWN] = [thing.pk, token]
    return redirect(reverse("sensing:station", args=[thing.pk]))


@require_POST
@needs(policy.CHANGE)
def token_new(request: HttpRequest, station_id: int) -> HttpResponse:
    """Make one more token."""
    thing = _get(request, station_id)
    _, text = tokens.create_token(thing, actor=actor_of(request), name=thing.name)
    return _show(request, thing, text)


@require_POST
@needs(policy.CHANGE)
def token_revoke(request: HttpRequest, station_id: int, token_uid: uuid.UUID) -> HttpResponse:
    """End a token at once."""
    thing = _get(request, station_id)
    token = read.tokens(thing).filter(pk=token_uid).first()
    if token is None:
        raise NotFound
    tokens.revoke_token(token, actor=actor_of(request))
    return redirect(reverse("sensing:station", args=[thing.pk]))
