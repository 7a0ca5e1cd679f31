"""A small reader of HTML for the tests of the kit: tree, ids, references, forbidden things."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)


@dataclass
class Element:
    """One element with its attributes and children."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    content: list[Element | str] = field(default_factory=list)

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        """Descendants by tag and attributes (`class_` must be one of the classes)."""
        found = []
        for child in self.children:
            if (not tag or child.tag == tag) and child._fits(wanted):
                found.append(child)
            found += child.all(tag, **wanted)
        return found

    def one(self, tag: str = "", **wanted: str) -> Element:
        """The only such descendant."""
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} x <{tag} {wanted}>"
        return found[0]

    def _fits(self, wanted: dict[str, str]) -> bool:
        for name, value in wanted.items():
            if name == "class_":
                if value not in self.attributes.get("class", "").split():
                    return False
            elif self.attributes.get(name.replace("_", "-")) != value:
                return False
        return True

    @property
    def text(self) -> str:
        """All text inside, white space joined."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> list[str]:
        found: list[str] = []
        for part in self.content:
            found += [part] if isinstance(part, str) else part._texts()
        return found

    def add(self, child: Element) -> None:
        """Append a child element."""
        self.children.append(child)
        self.content.append(child)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _value in attrs]
        assert len(names) == len(set(names)), f"attribute twice in <{tag} {names}>"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].add(element)
        self.open.append(element)
        if tag in VOID:
            self.open.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].add(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def read(html: str) -> Element:
    """The tree of a page or fragment; tags that do not match fail the test."""
    reader = _Reader()
    reader.feed(str(html))
    reader.close()
    assert reader.open == [reader.root], f"left open: {[e.tag for e in reader.open[1:]]}"
    return reader.root


def assert_sound(page: Element) -> None:
    """What holds for every page: unique ids, references that lead somewhere, nothing inline."""
    elements = page.all()
    ids = [element["id"] for element in elements if "id" in element.attributes]
    assert sorted(ids) == sorted(set(ids))
    for element in elements:
        assert "style" not in element.attributes, element.tag
        assert not any(name.startswith("on") for name in element.attributes), element.attributes
        assert element.tag != "style"
        assert element.tag != "script" or (element.attributes.get("src") and not element.text)
        for name in ("for", "aria-labelledby", "aria-describedby"):
            for target in element.attributes.get(name, "").split():
                assert target in ids, f"{name}={target}"
