"""The measure of likeness: stems, rare words, the title, and nothing where nothing is common."""

from __future__ import annotations

import string
import sys
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from leitstand.portfolio.domain.similarity import Text, most_alike, stem

OTHERS = {
    "a": Text("Hundesteuer: Anmeldungen online", "Formulare für Halter"),
    "b": Text("Straßenbeleuchtung umrüsten", "Leuchten mit Sensoren"),
    "c": Text("Neue Software für das Standesamt", "Anmeldung der Eheschließung"),
}


def test_other_forms_of_a_word_count() -> None:
    found = most_alike(Text("Anmeldung der Hundesteuer", "Ein Formular"), OTHERS)
    assert [match.key for match in found] == ["a"]
    assert set(found[0].words) >= {"hundesteuer", "anmeldung"}


def test_nothing_in_common_is_nothing() -> None:
    assert most_alike(Text("Bäume im Park"), OTHERS) == []
    assert most_alike(Text(""), OTHERS) == []
    assert most_alike(Text("Bäume"), {}) == []


@given(st.text(max_size=60), st.text(max_size=200))
def test_the_measure_lies_between_0_and_1(title: str, body: str) -> None:
    text = Text(title, body)
    for match in most_alike(text, {**OTHERS, "self": text}, least=0.0):
        assert 0 <= match.score <= 1 + 1e-9


def test_threads_do_not_cut_each_others_words() -> None:
    words = [
        f"{a}{b}ungen" for a in ("digital", "verwalt", "beteilig") for b in string.ascii_lowercase
    ]
    alone = [stem.__wrapped__(word) for word in words]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(stem.__wrapped__, words * 20))
    finally:
        sys.setswitchinterval(before)
    assert together == alone * 20
