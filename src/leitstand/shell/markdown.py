"""The small Markdown of the legal texts: headings, paragraphs, lists, links, bold.

Everything else is text. HTML is escaped first and the result is cleaned once more by nh3, so that
no mistake here can put a script into a page. Lines of a paragraph stay lines (addresses).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString

_TAGS = {"h2", "h3", "h4", "p", "br", "ul", "ol", "li", "a", "strong"}
_CLASSES = {
    "a": {"class": "kern-link"},
    "h2": {"class": "kern-heading-medium"},
    "h3": {"class": "kern-heading-small"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_HEADING = re.compile(r"(#{1,4})\s+(.+?)\s*#*")
_BULLET = re.compile(r"\s*[-*•]\s+(.+)")
_NUMBER = re.compile(r"\s*\d{1,3}[.)]\s+(.+)")
_INLINE = re.compile(
    r"\[(?P<label>[^\[\]\n]{1,300})\]\((?P<target>[^()\s]{1,500})\)"
    r"|\*\*(?P<bold>[^*\n]+)\*\*"
    r"|(?P<url>https?://[^\s<>()]*[^\s<>().,;:!?])"
    r"|(?P<mail>[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"
)


@dataclass(frozen=True)
class Document:
    """A rendered text: its first-level heading ("" if it has none) and the rest as safe HTML."""

    title: str
    html: SafeString


def render(source: str) -> Document:
    """Return the text as HTML; the first line's ``# …`` is the page's title, others become h2."""
    lines = source.replace("\r\n", "\n").strip().split("\n")
    title = ""
    if lines and (found := _HEADING.fullmatch(lines[0])) and len(found[1]) == 1:
        title, lines = found[2], lines[1:]
    body = nh3.clean(
        "\n".join(_blocks(lines)),
        tags=_TAGS,
        attributes={"a": {"href"}},
        set_tag_attribute_values=_CLASSES,
        url_schemes=_SCHEMES,
        link_rel="noopener",
    )
    return Document(title, SafeString(body))


def _blocks(lines: list[str]) -> Iterator[str]:
    """Group the lines into headings, lists and paragraphs."""
    kind, block = "", list[str]()
    for line in [*lines, ""]:
        found, text = _kind_of(line)
        if block and (found != kind or found == "h"):
            yield _block(kind, block)
            block = []
        if found:
            kind = found
            block.append(text)


def _kind_of(line: str) -> tuple[str, str]:
    if not line.strip():
        return "", ""
    if heading := _HEADING.fullmatch(line.strip()):
        return "h", f"{max(2, len(heading[1]))}{heading[2]}"
    if bullet := _BULLET.fullmatch(line):
        return "ul", bullet[1]
    if number := _NUMBER.fullmatch(line):
        return "ol", number[1]
    return "p", line.strip()


def _block(kind: str, lines: list[str]) -> str:
    if kind == "h":
        return f"<h{lines[0][0]}>{_inline(lines[0][1:])}</h{lines[0][0]}>"
    if kind == "p":
        return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"
    return f"<{kind}>{''.join(f'<li>{_inline(line)}</li>' for line in lines)}</{kind}>"


def _inline(text: str) -> str:
    """Links, addresses and bold words of one line; everything else escaped."""
    parts, end = [], 0
    for match in _INLINE.finditer(text):
        parts += [html.escape(text[end : match.start()]), _mark(match)]
        end = match.end()
    return "".join([*parts, html.escape(text[end:])])


def _mark(match: re.Match[str]) -> str:
    if match["bold"]:
        return f"<strong>{html.escape(match['bold'])}</strong>"
    if match["label"]:
        return _link(match["target"], match["label"])
    if match["url"]:
        return _link(match["url"], match["url"])
    return _link(f"mailto:{match['mail']}", match["mail"])


def _link(target: str, label: str) -> str:
    """A link; a target that is neither an address nor a path of this site stays text."""
    if target.startswith(("http://", "https://", "mailto:", "tel:", "#")) or _is_path(target):
        return f'<a href="{html.escape(target)}">{html.escape(label)}</a>'
    return html.escape(f"{label} ({target})")


def _is_path(target: str) -> bool:
    return target.startswith("/") and not target.startswith(("//", "/\\"))
