"""Cover sheets: which fields a paper carries on its first page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cover:
    """A cover sheet; its fields are German, as the papers of a German council are."""

    code: str
    label: str
    kicker: str
    fields: tuple[str, ...]


COVERS: Mapping[str, Cover] = {
    cover.code: cover
    for cover in (
        Cover("neutral", "Neutral", "Sachstandsbericht",
              ("Vorlage Nr.", "Dienststelle", "Gremium", "Termin")),
        Cover(
            "vorlage", "Vorlage für den Rat", "Informationsvorlage",
            ("Vorlage Nr.", "Verantwortlich", "Dienststelle", "Gremium", "Termin", "TOP",
             "Ö/N", "Zuständigkeit", "Kurzfassung", "Finanzielle Auswirkungen",
             "Finanzierung", "Gegenfinanzierung", "CO2-Relevanz", "Strategie-Relevanz",
             "Abstimmung mit städtischen Gesellschaften"),
        ),
    )
}  # fmt: skip
"""Shipped: one of few fields, and one with those that German council systems ask for."""
LONGEST = 2000


def every_field() -> tuple[str, ...]:
    """The names of all fields of the shipped covers, each once."""
    return tuple(dict.fromkeys(name for cover in COVERS.values() for name in cover.fields))


def filled(
    code: str, given: Mapping[str, str], reference: str, own: Sequence[str] = ()
) -> tuple[tuple[str, str], ...]:
    """The fields of a cover that say something, in their order; ``own`` are further ones."""
    cover = COVERS.get(code, COVERS["neutral"])
    values = {**given, "Vorlage Nr.": reference}
    names = dict.fromkeys((*cover.fields, *own))
    return tuple((name, text) for name in names if (text := values.get(name, "").strip()))
