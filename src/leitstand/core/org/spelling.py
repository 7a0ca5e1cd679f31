"""How files spell kinds of units: the words of both languages, ignoring case and umlauts."""

from __future__ import annotations

import functools

from django.utils import translation

from leitstand.core.org.models import UnitKind

_WORDS = {
    UnitKind.CITY: "stadt kreis landkreis gemeinde kreisfreie-stadt konzern city county",
    UnitKind.DIRECTORATE: "dezernat geschaeftsbereich beigeordnetenbereich vorstandsbereich",
    UnitKind.DEPARTMENT: "fachbereich amt referat dienststelle fachamt department office",
    UnitKind.DIVISION: "abteilung sachgebiet fachdienst team division section",
    UnitKind.STAFF_UNIT: "stabsstelle stab stabstelle buero",
    UnitKind.MUNICIPAL_ENTERPRISE: "eigenbetrieb eigenbetriebsaehnliche-einrichtung regiebetrieb",
    UnitKind.INSTITUTION: "aoer anstalt anstalt-des-oeffentlichen-rechts",
    UnitKind.ASSOCIATION: "zweckverband",
    UnitKind.COMPANY: "beteiligung gmbh gesellschaft tochtergesellschaft company",
}


def _fold(text: str) -> str:
    text = text.casefold()
    for umlaut, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(umlaut, plain)
    return "-".join(text.replace("-", " ").replace("_", " ").split())


@functools.cache
def _known() -> dict[str, str]:
    known = {_fold(kind.value): str(kind) for kind in UnitKind}
    for kind, words in _WORDS.items():
        known.update(dict.fromkeys(words.split(), str(kind)))
    for language in ("de", "en"):
        with translation.override(language):
            known.update({_fold(str(kind.label)): str(kind) for kind in UnitKind})
    return known


def kind_of(text: str) -> str:
    """Return the kind's code for a word such as "Fachbereich", or ``""``."""
    return _known().get(_fold(text), "")


def spelled() -> str:
    """Return the names of all kinds in the reader's language, for messages."""
    return ", ".join(str(kind.label) for kind in UnitKind)
