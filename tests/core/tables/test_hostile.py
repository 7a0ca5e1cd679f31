"""Any bytes give sheets or a refusal, never another error; memory stays bounded."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.tables.files import (
    PROJECTS,
    ods,
    ods_cell,
    ods_row,
    ods_text,
    raw_xlsx,
    unzipped,
    xlsx,
    zipped,
)

from leitstand.core.tables.headers import data_rows, find_header
from leitstand.core.tables.mapping import guess
from leitstand.core.tables.problems import Refused
from leitstand.core.tables.reading import Limits, read

SMALL = Limits(rows=2_000, columns=60, cells=20_000, unpacked=5_000_000)
ROWS = [["Kennung", "Titel", "Kosten"], ["P-1", "E-Akte", 5], ["P-2", "Portal", 2.5]]
SEEDS = {
    "xlsx": xlsx(*ROWS, merges=["A1:B1", "A2:A3"]),
    "raw": raw_xlsx('<row><c t="s"><v>0</v></c></row>', strings="<si><t>x</t></si>"),
    "ods": ods(ods_row(ods_text("Titel"), ods_cell("date", date_value="2026-12-31")) * 3),
    "csv": 'Titel;Straße\r\nA;"B\r\nC"\r\n'.encode(),
    "utf-16": "\N{BOM}Titel;Straße\r\n".encode("utf-16-le"),
}


def survives(content: bytes) -> None:
    """Reads and goes through the whole way to mapped rows, or is refused with a reason."""
    try:
        sheets = read(io.BytesIO(content), "x", SMALL)
    except Refused as refused:
        assert str(refused)  # noqa: PT017 - both outcomes are allowed
        return
    for sheet in sheets:
        header = find_header(sheet, PROJECTS)
        guess(header.titles, PROJECTS)
        assert sum(1 for _row in data_rows(sheet, header)) <= len(sheet.rows)


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(SEEDS)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), max_size=6),
    st.floats(0, 1),
)
def test_damaged_files(seed: str, changes: list[tuple[float, bytes]], kept: float) -> None:
    content = bytearray(SEEDS[seed])
    for place, piece in changes:
        position = int(place * len(content))
        content[position : position + len(piece)] = piece
    survives(bytes(content))
    survives(bytes(content[: int(kept * len(content))]))


@settings(deadline=None, max_examples=100)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"a;b\n", b"\xff\xfe", b"\xef\xbb\xbf"]),
)
def test_random_bytes(content: bytes, start: bytes) -> None:
    survives(start + content)


NAMES = ("row", "c", "v", "f", "t", "is", "mergeCell", "x:c", "sheetData", "rPh", "si")
ATTRIBUTES = ("r", "t", "s", "ref", "number")
VALUES = ("A1", "B2", "1", "s", "n", "d", "b", "e", "inlineStr", "-1", "99999999999", "A1:ZZ9", "")
XML = st.recursive(
    st.text("0123456789.eE-AZaz_x\u00e4", max_size=8),
    lambda inner: st.builds(
        lambda name, attribute, value, parts: (
            f'<{name} {attribute}="{value}">{"".join(parts)}</{name}>'
        ),
        st.sampled_from(NAMES),
        st.sampled_from(ATTRIBUTES),
        st.sampled_from(VALUES),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=150)
@given(XML)
def test_well_formed_xml_that_makes_no_sense(xml: str) -> None:
    survives(raw_xlsx(xml.replace("x:c", "c"), strings="<si><t>a</t></si>"))
    survives(
        ods(
            xml.replace("x:c", "p")
            .replace("row", "table:table-row")
            .replace("<c", "<table:table-cell")
            .replace("</c>", "</table:table-cell>")
        )
    )


def test_parts_outside_the_archive_s_folder_are_not_looked_for(tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<worksheet><sheetData><row><c><v>42</v></c></row></sheetData></worksheet>")
    parts = unzipped(raw_xlsx("<row/>"))
    rels = parts["xl/_rels/workbook.xml.rels"].decode()
    for target in (f"../../../..{secret}", f"file://{secret}", "worksheets/none.xml"):
        parts["xl/_rels/workbook.xml.rels"] = rels.replace("worksheets/sheet1.xml", target).encode()
        with pytest.raises(Refused):
            read(io.BytesIO(zipped(dict(parts))), "x")


@pytest.mark.parametrize("offset", [10**6, 2**31], ids=["beyond", "far beyond"])
def test_a_directory_that_points_outside_the_file(offset: int) -> None:
    content = bytearray(SEEDS["xlsx"])
    position = 0
    while (position := content.find(b"PK\x01\x02", position)) >= 0:
        content[position + 42 : position + 46] = offset.to_bytes(4, "little")
        position += 4
    with pytest.raises(Refused):
        read(io.BytesIO(bytes(content)), "x")


def test_the_directory_s_own_place_is_wrong() -> None:
    content = bytearray(SEEDS["xlsx"])
    end = content.rfind(b"PK\x05\x06")
    content[end + 16 : end + 20] = (2**30).to_bytes(4, "little")
    with pytest.raises(Refused):
        read(io.BytesIO(bytes(content)), "x")


def test_other_ways_of_packing_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in unzipped(SEEDS["xlsx"]).items():
            archive.writestr(name, content)
    with pytest.raises(Refused):
        read(out, "x")


_MEASURE = """
import resource, sys
from leitstand.core.tables.reading import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sheet = read(sys.argv[1], "x")[0]
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(len(sheet.rows), sheet.width, (after - before) // 1024)
"""


@pytest.mark.parametrize("kind", ["xlsx", "csv", "ods"])
def test_ten_thousand_rows_of_forty_columns_fit_in_150_mb(kind: str, tmp_path: Path) -> None:
    """A process of its own, so that nothing else counts."""
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0
    path = tmp_path / "large"
    path.write_bytes(_large(kind))
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    rows, width, megabytes = map(int, done.stdout.split())
    assert (rows, width) == (10_000, 40)
    assert megabytes <= 150


def _large(kind: str) -> bytes:
    lines = [[f"Zeile {row} Spalte {column}" for column in range(40)] for row in range(10_000)]
    if kind == "csv":
        return "\r\n".join(";".join(line) for line in lines).encode()
    if kind == "ods":
        return ods("".join(ods_row(*map(ods_text, line)) for line in lines))
    cells = "".join(
        "<row>" + "".join(f'<c t="s"><v>{row * 40 + n}</v></c>' for n in range(40)) + "</row>"
        for row in range(10_000)
    )
    strings = "".join(f"<si><t>{text}</t></si>" for line in lines for text in line)
    return raw_xlsx(cells, strings=strings)
