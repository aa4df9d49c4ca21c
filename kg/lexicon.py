"""Finds the places where a text says a term: compiles the forms of docs/lexicon.md into a trie over tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import product

from kg.errors import ConfigurationError
from kg.model import Mention
from kg.tokens import Tokens, normal, tokenize

_GAP = re.compile(r"\.\.(\d*)$")
_DEFAULT_GAP = 4
_WALLS = frozenset(".;:,")
_WORD = "word"
_SEPARATE = frozenset({"cue", "topic"})
_CACHED_WORDS = 200_000
_CACHED_PAIRS = 20_000
_NOTHING: frozenset[int] = frozenset()


class Strength(IntEnum):
    """How much a form says by itself (see docs/lexicon.md)."""

    STRONG = 0
    WEAK = 1
    NOT = 2


@dataclass(frozen=True, slots=True)
class Form:
    """A lexical form of a term as written, with the macros and inflections of its language."""

    term: str
    role: str
    text: str
    strength: Strength
    macros: Mapping[str, str] = field(hash=False, compare=False)
    inflections: tuple[str, ...] = ()
    place: str = ""


@dataclass(slots=True)
class _Node:
    """A state of the trie: what may follow, element by element or after a gap, and the forms that end here."""

    children: dict[int, _Node] = field(default_factory=dict)
    gaps: list[tuple[int, _Node]] = field(default_factory=list)
    ends: list[Form] = field(default_factory=list)


@dataclass(slots=True)
class _Word:
    """What is known of a word: the elements it matches, the forms that it is by itself, the states that it may open.

    `pairs` remembers for each word that has followed which forms end there and which states go on; `gaps` are the states after which
    a gap may come; `classes` the word classes that it belongs to.
    """

    elements: frozenset[int]
    forms: tuple[Form, ...]
    nodes: tuple[_Node, ...]
    gaps: tuple[_Node, ...]
    classes: frozenset[str]
    pairs: dict[str, tuple[tuple[Form, ...], tuple[_Node, ...]]] = field(default_factory=dict)


class _Elements:
    """All distinct elements of all forms, and for every word which of them it matches."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, tuple[str, ...]], int] = {}
        self._exact: dict[str, set[int]] = {}
        self._prefixes: dict[str, set[int]] = {}
        self._inner: list[tuple[str, bool, int]] = []

    def identify(self, element: str, inflections: tuple[str, ...]) -> int:
        """The number of an element; identical elements share one."""
        key = (element, inflections)
        if key in self._ids:
            return self._ids[key]
        number = self._ids[key] = len(self._ids)
        for alternative in element.split("|"):
            self._add(alternative, number, inflections)
        return number

    def _add(self, word: str, number: int, inflections: tuple[str, ...]) -> None:
        if word.startswith("=") and len(word) > 1:
            self._exact.setdefault(normal(word[1:]), set()).add(number)
        elif len(word) > 2 and word.startswith("-"):
            self._inner.append((word.strip("-"), not word.endswith("-"), number))
        elif len(word) > 2 and word.endswith("-"):
            self._prefixes.setdefault(word[:-1], set()).add(number)
        else:
            word = normal(word)
            for variant in (word, *_inflect(word, inflections)):
                self._exact.setdefault(variant, set()).add(number)

    def of(self, word: str) -> frozenset[int]:
        """The numbers of the elements that a normalised word matches."""
        found = set(self._exact.get(word, ()))
        for length in range(2, len(word) + 1):
            found |= self._prefixes.get(word[:length], _NOTHING)
        found.update(number for part, final, number in self._inner if (word.endswith(part) if final else part in word))
        return frozenset(found)


class Lexicon:
    """The forms of a language, ready to match."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._elements = _Elements()
        self._root = _Node()
        self._classes: dict[int, set[str]] = {}
        for form in forms:
            for sequence in _variants(form):
                if form.role == _WORD:
                    self._classify(form, sequence)
                    continue
                node = self._root
                for element in sequence:
                    node = self._step(node, element, form.inflections)
                node.ends.append(form)
        self._words: dict[str, _Word] = {}

    def _classify(self, form: Form, sequence: list[str | int]) -> None:
        if len(sequence) == 1 and isinstance(sequence[0], str):
            self._classes.setdefault(self._elements.identify(sequence[0], form.inflections), set()).add(form.term)

    def classes(self, norm: str) -> frozenset[str]:
        """The word classes (terms of role "word") that a normalised word belongs to."""
        return (self._words.get(norm) or self._learn(norm)).classes

    def _step(self, node: _Node, element: str | int, inflections: tuple[str, ...]) -> _Node:
        if isinstance(element, int):
            for length, child in node.gaps:
                if length == element:
                    return child
            child = _Node()
            node.gaps.append((element, child))
            return child
        return node.children.setdefault(self._elements.identify(element, inflections), _Node())

    def mentions(self, tokens: Tokens, first: int = 0, last: int | None = None) -> list[Mention]:
        """The mentions in `tokens[first:last]`, in order of place: the longest of each kind, without what a `notLabel` rules out."""
        last = len(tokens) if last is None else last
        norms = tokens.norms[first:last]
        words = self._words
        known = [words.get(norm) or self._learn(norm) for norm in norms]
        matches: list[tuple[int, int, Form]] = []
        present: frozenset[int] | None = None
        final = len(norms) - 1
        for place, word in enumerate(known):
            for form in word.forms:
                matches.append((place, place + 1, form))
            if place == final:
                break
            pair = word.pairs.get(norms[place + 1]) or _pair(word, norms[place + 1], known[place + 1])
            for form in pair[0]:
                matches.append((place, place + 2, form))
            for node in pair[1]:
                if present is None:
                    present = _NOTHING.union(*[other.elements for other in known])
                _follow(node, place, place + 2, norms, known, present, matches)
            if word.gaps:
                if present is None:
                    present = _NOTHING.union(*[other.elements for other in known])
                for node in word.gaps:
                    _leap(node, place, place + 1, norms, known, present, matches)
        if not matches:
            return []
        found: dict[tuple[int, int, str, str], Form] = {}
        barred: dict[str, list[tuple[int, int]]] = {}
        for start, end, form in matches:
            if form.strength is Strength.NOT:
                barred.setdefault(form.term, []).append((start, end))
            else:
                key = (start, end, form.role, form.term)
                if key not in found or form.strength < found[key].strength:
                    found[key] = form
        rows = [
            (start, end, form)
            for (start, end, _, term), form in found.items()
            if not barred or not any(a <= start and end <= b for barring in (term, "pk:Nothing") for a, b in barred.get(barring, ()))
        ]
        return [
            Mention(
                form.term, form.role, tokens.starts[first + start], tokens.ends[first + end - 1], form.strength is Strength.WEAK, form.text
            )
            for start, end, form in _longest(rows)
        ]

    def knows(self, word: str) -> bool:
        """Whether a normalised word is part of some form."""
        return bool((self._words.get(word) or self._learn(word)).elements)

    def _learn(self, norm: str) -> _Word:
        """What a word is to this lexicon, kept for the next time."""
        if len(self._words) >= _CACHED_WORDS:
            self._words.clear()
        elements = self._elements.of(norm)
        nodes = [self._root.children[number] for number in sorted(elements) if number in self._root.children]
        word = self._words[norm] = _Word(
            elements,
            tuple(form for node in nodes for form in node.ends),
            tuple(node for node in nodes if node.children),
            tuple(node for node in nodes if node.gaps),
            frozenset(term for number in elements for term in self._classes.get(number, ())),
        )
        return word


def _pair(word: _Word, norm: str, following: _Word) -> tuple[tuple[Form, ...], tuple[_Node, ...]]:
    """What two words in a row are: the forms that end with the second and the states that go on after it."""
    if len(word.pairs) >= _CACHED_PAIRS:
        word.pairs.clear()
    reached = [node.children[number] for node in word.nodes for number in sorted(node.children.keys() & following.elements)]
    found = (tuple(form for node in reached for form in node.ends), tuple(node for node in reached if node.children or node.gaps))
    word.pairs[norm] = found
    return found


def _follow(
    node: _Node,
    start: int,
    place: int,
    norms: Sequence[str],
    known: Sequence[_Word],
    present: frozenset[int],
    matches: list[tuple[int, int, Form]],
) -> None:
    """Collect the forms that end beyond a node, from a place on; `present` are the elements of the whole stretch, to give up early."""
    if place >= len(norms):
        return
    children = node.children
    if children:
        here = known[place].elements
        if not children.keys().isdisjoint(here):
            for number in children.keys() & here:
                child = children[number]
                for form in child.ends:
                    matches.append((start, place + 1, form))
                if child.children or child.gaps:
                    _follow(child, start, place + 1, norms, known, present, matches)
    if node.gaps:
        _leap(node, start, place, norms, known, present, matches)


def _leap(
    node: _Node,
    start: int,
    place: int,
    norms: Sequence[str],
    known: Sequence[_Word],
    present: frozenset[int],
    matches: list[tuple[int, int, Form]],
) -> None:
    """The same over the gaps after a node."""
    for length, child in node.gaps:
        keys = child.children.keys()
        if keys.isdisjoint(present):
            continue
        for at in range(place, min(place + length + 1, len(norms))):
            if at > place and norms[at - 1] in _WALLS:
                break
            if not keys.isdisjoint(known[at].elements):
                _follow(child, start, at, norms, known, present, matches)


def _length_first(row: tuple[int, int, Form]) -> tuple[int, int, int, str]:
    return row[0] - row[1], row[2].strength, row[0], row[2].term


def _in_order(row: tuple[int, int, Form]) -> tuple[int, int, str, str]:
    return row[0], row[1], row[2].role, row[2].term


def _longest(rows: list[tuple[int, int, Form]]) -> list[tuple[int, int, Form]]:
    """Of overlapping matches of one kind the longest; every cue and topic is a kind of its own."""
    taken: dict[str, list[tuple[int, int]]] = {}
    kept = []
    rows.sort(key=_length_first)
    for start, end, form in rows:
        kind = form.term if form.role in _SEPARATE else form.role
        spans = taken.setdefault(kind, [])
        for a, b in spans:
            if a < end and start < b:
                break
        else:
            spans.append((start, end))
            kept.append((start, end, form))
    kept.sort(key=_in_order)
    return kept


def _inflect(word: str, inflections: tuple[str, ...]) -> Iterator[str]:
    if len(word) < 3 or not word.isalpha():
        return
    for rule in inflections:
        old, _, new = rule.rpartition(">")
        if word.endswith(old.lstrip("-")):
            yield (word[: len(word) - len(old.lstrip("-"))] if old else word) + new.lstrip("-")


def _variants(form: Form) -> Iterator[list[str | int]]:
    """The sequences that a form stands for: optional elements there or not; an int is a gap of at most so many tokens."""
    choices: list[list[tuple[str | int, ...]]] = []
    gaps: list[bool] = []
    needed = False
    for piece in form.text.lower().split():
        gap = _GAP.match(piece)
        optional = len(piece) > 1 and piece.endswith("?")
        gaps.append(gap is not None)
        needed = needed or not (gap or optional)
        if gap:
            choices.append([(int(gap.group(1) or _DEFAULT_GAP),)])
        else:
            choices.append([*_cut(_expand(piece[:-1] if optional else piece, form)), *([()] if optional else [])])
    if not needed or gaps[0] or gaps[-1]:
        raise ConfigurationError(
            form.place, f"{form.term} {form.text!r}", "a form neither begins nor ends with a gap, and something in it is always there"
        )
    for combination in product(*choices):
        yield [element for parts in combination for element in parts]


def _expand(piece: str, form: Form) -> str:
    def replace(match: re.Match[str]) -> str:
        if match.group(1) not in form.macros:
            raise ConfigurationError(
                form.place, f"{form.term} {form.text!r}", f"the macro {{{match.group(1)}}} is not defined in this language"
            )
        return form.macros[match.group(1)].lower()

    return re.sub(r"\{([\w-]+)\}", replace, piece)


def _cut(piece: str) -> list[tuple[str, ...]]:
    """What an element is in tokens: alternatives of one token stay together, those with inner punctuation are sequences of their own."""
    single: list[str] = []
    longer: list[tuple[str, ...]] = []
    for word in piece.split("|"):
        stem = len(word) > 2 and word.endswith("-")
        parts = tokenize(word[:-1] if stem else word).norms
        if len(parts) < 2 or word.startswith(("=", "-")):
            single.append(word)
        else:
            longer.append((*parts[:-1], parts[-1] + "-" * stem))
    return [*([("|".join(single),)] if single else []), *longer]
