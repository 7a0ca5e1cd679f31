"""Addresses whose views fail in every way that the kit has a page for."""

from __future__ import annotations

import errno
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import engines
from django.urls import include, path

from leitstand.core.base.errors import Conflict, Invalid, NotAllowed, NotFound, Refused, Unavailable
from leitstand.core.ui.components import Link
from leitstand.core.ui.gallery import UploadForm

ERRORS: dict[str, Any] = {
    "abgelehnt": lambda: Refused(
        "Die Datei ist <verschlüsselt>.", where="Zeile 7", remedy="Kennwort entfernen."
    ),
    "verboten": lambda: NotAllowed("Ihnen fehlt die Rolle Projektleitung."),
    "weg": NotFound,
    "ungueltig": lambda: Invalid({"title": ["Der Titel fehlt."], "end": ["Ende vor Beginn."]}),
    "speicher": lambda: OperationalError("database is locked"),
    "voll": lambda: OSError(errno.ENOSPC, "no space"),
    "pflege": lambda: Unavailable("Die Anwendung wird gerade aktualisiert."),
    "django": lambda: PermissionDenied(""),
    "panne": lambda: ValueError("/geheim/pfad"),
    "konflikt": lambda: Conflict(
        "Murat Demir hat gespeichert.",
        theirs={"title": 'Ihr "Titel"', "end": None, "phase": "running"},
        mine={"title": "Mein Titel", "end": "2027-01-01", "phase": "running"},
        version=4,
    ),
}


BODY = '{% load ui %}{% block content %}{% page_header "Zeigen" %}<p>Text</p>{% endblock %}'
UPLOAD = """{% load ui %}{% block content %}{% page_header "Hochladen" %}<p id="taken">{{ taken }}</p>
<form class="ls-form" method="post" enctype="multipart/form-data">{% csrf_token %}{% drop_zone form.file %}
{% form_actions "Hochladen" %}</form>{% endblock %}"""


def draw(request: HttpRequest, base: str, source: str, values: dict[str, Any]) -> HttpResponse:
    template = engines["django"].from_string(f'{{% extends "ui/{base}.html" %}}{source}')
    return HttpResponse(template.render(values, request))


def upload(request: HttpRequest) -> HttpResponse:
    taken = [f"{f.name}: {f.read().decode()}" for f in request.FILES.getlist("file")]
    return draw(request, "base", UPLOAD, {"form": UploadForm(), "taken": ", ".join(taken)})


def fail(request: HttpRequest, kind: str) -> HttpResponse:
    raise ERRORS[kind]()


def say(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Gespeichert <b>")
    messages.error(request, "Zeile 7 fehlt")
    return redirect("/zeigen/")


def show(request: HttpRequest) -> HttpResponse:
    navigation = [
        Link("Start", "/", current=True),
        Link("Verwaltung", children=[Link("Konten", "/konten/")]),
    ]
    crumbs = [Link("Start", "/"), Link("Hier")]
    return draw(
        request,
        "base",
        BODY,
        {"navigation": navigation, "crumbs": crumbs, "title": "Zeigen", "search_url": "/suche/"},
    )


def confirm(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "ui/confirm.html",
        {"title": "Vorhaben löschen", "lines": ["Wirklich?"], "danger": True, "cancel_url": "/"},
    )


def public(request: HttpRequest) -> HttpResponse:
    return draw(
        request, "public", BODY, {"navigation": [Link("Vorhaben", "/oeffentlich/", current=True)]}
    )


def job(request: HttpRequest, state: str) -> HttpResponse:
    values = {
        "state": state,
        "progress": 640,
        "total": 1000,
        "message": "Zeilen",
        "error": "Zeile 9 ist leer.",
    }
    frame = {
        "job": values,
        "poll_url": "/auftrag/",
        "cancel_url": "/abbrechen/",
        "done_url": "/fertig/",
        "title": "Übernahme",
    }
    return render(request, "ui/job_page.html", frame)


def pages(request: HttpRequest) -> HttpResponse:
    from django.core.paginator import Paginator

    page = Paginator(range(1000), 10).get_page(request.GET.get("seite"))
    source = "{% load ui %}{% pagination page %}"
    return HttpResponse(engines["django"].from_string(source).render({"page": page}, request))


urlpatterns = [
    path("fehler/<slug:kind>/", fail),
    path("sagen/", say),
    path("hochladen/", upload),
    path("zeigen/", show),
    path("loeschen/", confirm),
    path("oeffentlich-zeigen/", public),
    path("auftrag/<slug:state>/", job),
    path("blaettern/", pages),
    path("", include("leitstand.urls")),
]
handler400 = "leitstand.core.ui.web.bad_request"
handler403 = "leitstand.core.ui.web.permission_denied"
handler404 = "leitstand.core.ui.web.page_not_found"
handler500 = "leitstand.core.ui.web.server_error"
