"""Parser of ``$filter`` and ``$orderby`` expressions (OGC 18-088, 9.3.3.5; OData 4.01 ABNF).

By precedence, weakest first: or, and, not, comparison and in, add and sub, mul div mod.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from leitstand.sensing.domain import times
from leitstand.sensing.domain.problems import RequestError
from leitstand.sensing.domain.tree import Binary, Call, Exists, Literal, Node, Not, Path, Several

LONGEST, MOST_NODES, DEEPEST = 8000, 400, 30
_DAY = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_TOKENS = re.compile(
    rf"""(?P<blank>\s+)
    |(?P<duration>duration'[^']*')
    |(?P<geography>geography'[^']*')
    |(?P<text>'(?:[^']|'')*')
    |(?P<period>{_DAY}/{_DAY})
    |(?P<instant>{_DAY})
    |(?P<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>@?[^\W\d][\w.]*)
    |(?P<mark>[()\[\],/:])""",
    re.VERBOSE,
)
COMPARISONS = frozenset({"eq", "ne", "gt", "ge", "lt", "le"})
_SUMS, _PRODUCTS = frozenset({"add", "sub"}), frozenset({"mul", "div", "mod"})
_WORDS = {"true": ("bool", True), "false": ("bool", False), "null": ("null", None)}
FUNCTIONS: dict[str, tuple[int, int]] = {
    "substringof": (2, 2), "endswith": (2, 2), "startswith": (2, 2), "contains": (2, 2),
    "length": (1, 1), "indexof": (2, 2), "substring": (2, 3), "tolower": (1, 1), "toupper": (1, 1),
    "trim": (1, 1), "concat": (2, 2),
    "year": (1, 1), "month": (1, 1), "day": (1, 1), "hour": (1, 1), "minute": (1, 1),
    "second": (1, 1), "fractionalseconds": (1, 1), "date": (1, 1), "time": (1, 1),
    "totaloffsetminutes": (1, 1), "now": (0, 0), "mindatetime": (0, 0), "maxdatetime": (0, 0),
    "before": (2, 2), "after": (2, 2), "meets": (2, 2), "during": (2, 2), "overlaps": (2, 2),
    "starts": (2, 2), "finishes": (2, 2),
    "round": (1, 1), "floor": (1, 1), "ceiling": (1, 1),
    "geo.distance": (2, 2), "geo.length": (1, 1), "geo.intersects": (2, 2), "st_equals": (2, 2),
    "st_disjoint": (2, 2), "st_touches": (2, 2), "st_within": (2, 2), "st_overlaps": (2, 2),
    "st_crosses": (2, 2), "st_intersects": (2, 2), "st_contains": (2, 2), "st_relate": (3, 3),
}  # fmt: skip


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Node:
    """Return the tree of an expression; raises ``RequestError`` with the position."""
    parser = _Parser(text)
    node = parser.either()
    parser.expect_end()
    return node


def parse_order(text: str) -> tuple[tuple[Node, bool], ...]:
    """Return the keys of ``$orderby`` as (expression, descending)."""
    parser = _Parser(text)
    keys = []
    while True:
        node = parser.sum()
        word = parser.take_name({"asc", "desc"})
        keys.append((node, word == "desc"))
        if not parser.take_mark(","):
            break
    parser.expect_end()
    if len(keys) > 10:
        raise RequestError("at most 10 keys")
    return tuple(keys)


def _tokens(text: str) -> list[_Token]:
    if len(text) > LONGEST:
        raise RequestError(f"longer than {LONGEST} characters")
    found: list[_Token] = []
    place = 0
    while place < len(text):
        match = _TOKENS.match(text, place)
        if match is None:
            raise RequestError(f"“{text[place : place + 10]}” cannot be read", at=place + 1)
        if match.lastgroup != "blank":
            found.append(_Token(str(match.lastgroup), match.group(), place + 1))
        place = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


class _Parser:
    """Recursive descent with bounded depth and number of nodes."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._next = self._nodes = self._depth = 0

    def either(self) -> Node:
        """A condition with ``or``."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise RequestError("nested too deeply", at=self._now.at)
        node = self._chain(self._both, frozenset({"or"}))
        self._depth -= 1
        return node

    def _both(self) -> Node:
        return self._chain(self._negation, frozenset({"and"}))

    def _negation(self) -> Node:
        negations = []
        while self._is_negation():
            negations.append(self._take())
            self._count()
        node = self._comparison()
        for token in reversed(negations):
            node = Not(node, token.at)
        return node

    def _is_negation(self) -> bool:
        return self._now.kind == "name" and self._now.text == "not"

    def _comparison(self) -> Node:
        left = self.sum()
        token = self._now
        if token.kind != "name":
            return left
        if token.text in COMPARISONS:
            self._take()
            self._count()
            return Binary(token.text, left, self.sum(), token.at)
        if token.text == "in":
            self._take()
            return Binary("in", left, Several(self._arguments(), token.at), token.at)
        return left

    def sum(self) -> Node:
        """A value with ``add`` and ``sub``."""
        return self._chain(self._product, _SUMS)

    def _product(self) -> Node:
        return self._chain(self._value, _PRODUCTS)

    def _chain(self, read: Callable[[], Node], operators: frozenset[str]) -> Node:
        node = read()
        while self._now.kind == "name" and self._now.text in operators:
            token = self._take()
            self._count()
            node = Binary(token.text, node, read(), token.at)
        return node

    def _value(self) -> Node:
        self._count()
        token = self._take()
        if token.kind == "mark" and token.text == "(":
            node = self.either()
            self._expect(")")
            return node
        if token.kind == "name":
            return self._named(token)
        try:
            return _literal(token)
        except RequestError as problem:
            raise RequestError(problem.text, at=token.at) from None

    def _named(self, token: _Token) -> Node:
        if token.text in _WORDS:
            kind, value = _WORDS[token.text]
            return Literal(kind, value, token.at)
        if self._now.text == "(" and self._now.kind == "mark":
            return self._call(token)
        return self._path(token)

    def _call(self, token: _Token) -> Node:
        bounds = FUNCTIONS.get(token.text)
        if bounds is None:
            raise RequestError(f"there is no function “{token.text}”", at=token.at)
        arguments = self._arguments()
        if not bounds[0] <= len(arguments) <= bounds[1]:
            raise RequestError(f"“{token.text}” takes {bounds[0]} arguments", at=token.at)
        return Call(token.text, arguments, token.at)

    def _arguments(self) -> tuple[Node, ...]:
        self._expect("(")
        if self.take_mark(")"):
            return ()
        found = [self.either()]
        while self.take_mark(","):
            found.append(self.either())
        self._expect(")")
        return tuple(found)

    def _path(self, first: _Token) -> Node:
        steps: list[str | int] = [first.text]
        while True:
            if self.take_mark("/"):
                token = self._take()
                if token.kind != "name":
                    raise RequestError("a name is missing after “/”", at=token.at)
                if token.text == "any" and self._now.text == "(":
                    return self._any(Path(tuple(steps), first.at))
                steps.append(token.text)
            elif self.take_mark("["):
                token = self._take()
                if token.kind != "number" or not token.text.isdigit():
                    raise RequestError("a number is missing after “[”", at=token.at)
                steps.append(int(token.text))
                self._expect("]")
            else:
                return Path(tuple(steps), first.at)

    def _any(self, path: Path) -> Node:
        self._expect("(")
        token = self._take()
        if token.kind != "name":
            raise RequestError("the name of a variable is missing", at=token.at)
        self._expect(":")
        condition = self.either()
        self._expect(")")
        return Exists(path, token.text, condition, path.at)

    @property
    def _now(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._now
        if token.kind != "end":
            self._next += 1
        return token

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise RequestError(f"more than {MOST_NODES} parts", at=self._now.at)

    def take_mark(self, mark: str) -> bool:
        """Take the mark if it comes next."""
        if self._now.kind == "mark" and self._now.text == mark:
            self._next += 1
            return True
        return False

    def take_name(self, names: set[str]) -> str:
        """Take one of the words if it comes next, else return an empty text."""
        if self._now.kind == "name" and self._now.text in names:
            return self._take().text
        return ""

    def _expect(self, mark: str) -> None:
        if not self.take_mark(mark):
            raise RequestError(f"“{mark}” is missing", at=self._now.at)

    def expect_end(self) -> None:
        """Raise if anything is left."""
        if self._now.kind != "end":
            raise RequestError(f"“{self._now.text}” is not expected here", at=self._now.at)


def _literal(token: _Token) -> Literal:
    text, kind = token.text, token.kind
    if kind == "text":
        return Literal(kind, text[1:-1].replace("''", "'"), token.at)
    if kind == "number":
        value = float(text) if any(mark in text for mark in ".eE") else int(text)
        if abs(value) > 1e300 or (isinstance(value, int) and abs(value) >= 2**63):
            raise RequestError("the number is too large")
        return Literal(kind, value, token.at)
    if kind == "instant":
        return Literal(kind, times.parse_instant(text, naive=True), token.at)
    if kind == "period":
        return Literal(kind, times.parse_period(text, naive=True), token.at)
    if kind == "duration":
        return Literal(kind, times.parse_duration(text[9:-1]), token.at)
    if kind == "geography":
        return Literal(kind, text[10:-1], token.at)
    if kind == "time":
        return Literal(kind, text, token.at)
    raise RequestError(f"“{text}” is not expected here" if text else "something is missing at the end")
