"""What the readers of council information systems have to say, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_KINDS = (
    ("organizations", gettext_lazy("Committees and groups")),
    ("meetings", gettext_lazy("Council meetings")),
    ("agenda_items", gettext_lazy("Points of agendas")),
    ("papers", gettext_lazy("Papers")),
    ("consultations", gettext_lazy("Consultations")),
)
_FINDINGS = {
    "wrong_type": gettext_lazy("The field holds a value of another type; it was left empty."),
    "too_long": gettext_lazy("The text is longer than can be stored; it was cut."),
    "no_offset": gettext_lazy("The time has no time zone; it was taken as UTC."),
    "not_embedded": gettext_lazy("An object is named by its address alone; it was looked up in its list."),
    "no_id": gettext_lazy("An object has no address of its own; it was left out."),
    "no_object": gettext_lazy("An entry of the list is no object; it was left out."),
    "other_type": gettext_lazy("An object of another type stands in the list; it was left out."),
    "unknown_role": gettext_lazy("The role of a consultation is not known; it was kept as it stands."),
    "more": gettext_lazy("Further peculiarities"),
}  # fmt: skip


def count_lines(counts: Mapping[str, int]) -> list[str]:
    """What became of the objects, one line per kind."""
    return [f"{label}: {text}" for label, text in count_pairs(counts)]


def count_pairs(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """(kind, what became of its objects) of every kind."""
    words = (
        ("new", _("%(n)d new")), ("changed", _("%(n)d with changes")),
        ("same", _("%(n)d unchanged")), ("withdrawn", _("%(n)d withdrawn")),
    )  # fmt: skip
    found = []
    for kind, label in _KINDS:
        parts = [
            text % {"n": counts.get(f"{kind}.{what}", 0)}
            for what, text in words
            if counts.get(f"{kind}.{what}", 0) or what == "new"
        ]
        found.append((str(label), ", ".join(parts)))
    return found


def finding_text(finding: Mapping[str, Any]) -> str:
    """A finding in one line: where, what, how often."""
    field, value = finding["field"], finding["value"]
    place = _("%(field)s: “%(value)s”") % {"field": field, "value": value}
    place = place if field and value else field
    text = str(_FINDINGS.get(finding["kind"], finding["kind"]))
    words = [place, text, _("(%(n)d times)") % {"n": finding["count"]}]
    return " ".join(part for part in words if part)


_AGAIN = gettext_lazy("Nothing is lost. Read again later, best at night.")
_ASK = gettext_lazy(
    "Ask whoever runs the council information system, and name the address and this text."
)
_ADVICE = {
    "silent": (gettext_lazy("Check whether the address is right and the server runs."), _AGAIN),
    "refused": (gettext_lazy("Open the address in a browser: if it asks for a log-in or shows an "
                             "error, the server does not give these data to everybody."), _ASK),
    "web_page": (gettext_lazy("The address leads to a page for people. Enter that of the interface; "
                              "it often ends with /system."), _ASK),
    "damaged": (_AGAIN, _ASK),
    "no_oparl": (gettext_lazy("Enter the address of the OParl system or of a body; check it with "
                              "“Check the address”."), _ASK),
    "no_list": (_ASK,),
    "endless": (gettext_lazy("What came before the repetition was taken over."), _ASK),
    "cancelled": (gettext_lazy("Choose “Read now”: the reading goes on with what is missing."),),
    "broken": (gettext_lazy("Choose “Read now”: the reading goes on with what is missing."), _ASK),
}  # fmt: skip


def advice(failures: Sequence[Mapping[str, str]]) -> list[str]:
    """What to do about the failures of a reading, each advice once."""
    found: dict[str, None] = {}
    for failure in failures:
        for text in _ADVICE.get(failure.get("kind", ""), (_ASK,)):
            found[str(text)] = None
    return list(found)
