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
_CACHED_STATES = 100_000


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


_Match = tuple[int, int, int]
"""The tokens from–to that a form matches, and the number of the form."""


@dataclass(slots=True)
class _Node:
    """A state of the trie: what may follow, element by element or after a gap, and the numbers of the forms that end here."""

    number: int
    children: dict[int, _Node] = field(default_factory=dict)
    gaps: list[tuple[int, _Node]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Sort:
    """All words that match the same elements; no form tells them apart. `wall`: no gap reaches over them."""

    elements: frozenset[int]
    classes: frozenset[str]
    wall: bool


class _State(dict[int, "_State"]):
    """All that may follow after the words read so far: the trie made deterministic, by the sort of the next word.

    What follows is worked out when a text first asks for it. `forms` end here, and `bars`, which are those of a `notLabel`, each with its
    kind. Where nothing `goes_on`, reading stops. All is held as numbers, because tuples of them cost the garbage collector nothing.
    """

    __slots__ = ("bars", "forms", "goes_on", "tells", "trie", "waiting")

    def __init__(self, trie: _Trie, waiting: tuple[tuple[int, int], ...], ends: Iterable[int]) -> None:
        super().__init__()
        self.trie = trie
        self.waiting = waiting
        self.forms, self.bars = trie.told(ends)
        self.tells = bool(self.forms or self.bars)
        self.goes_on = bool(waiting)

    def __missing__(self, sort: int) -> _State:
        state = self[sort] = self.trie.after(self.waiting, sort)
        return state


class _Trie:
    """The forms as a trie over elements, and the states in which the texts read so far have left it.

    The number of a form is its place in `forms`: the strong ones come first, then the weak ones, then what a `notLabel` says.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        self.forms = sorted(forms, key=lambda form: (form.strength, form.term, form.text))
        self._elements = _Elements()
        self._nodes = [_Node(0)]
        classes: dict[int, set[str]] = {}
        for number, form in enumerate(self.forms):
            for sequence in _variants(form):
                if form.role != _WORD:
                    self._plant(sequence, form, number)
                elif len(sequence) == 1 and isinstance(sequence[0], str):
                    classes.setdefault(self._elements.identify(sequence[0], form.inflections), set()).add(form.term)
        self.words = _Words(self._elements, classes)
        self._states: dict[tuple[tuple[tuple[int, int], ...], tuple[int, ...]], _State] = {}
        self.start = _State(self, ((0, 0),), ())

    def _plant(self, sequence: Iterable[str | int], form: Form, ends: int) -> None:
        node = self._nodes[0]
        for element in sequence:
            if isinstance(element, str):
                name = self._elements.identify(element, form.inflections)
                child = node.children.get(name)
            else:
                child = next((child for length, child in node.gaps if length == element), None)
            if child is None:
                child = _Node(len(self._nodes))
                self._nodes.append(child)
                if isinstance(element, str):
                    node.children[name] = child
                else:
                    node.gaps.append((element, child))
            node = child
        node.ends.append(ends)

    def told(self, ends: Iterable[int]) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
        """Of forms that end at one place, by number: the best of each term, and those that bar; each with its kind."""
        best: dict[tuple[str, str], int] = {}
        bars: list[tuple[str, int]] = []
        for number in sorted(ends):
            form = self.forms[number]
            kind = form.term if form.role in _SEPARATE else form.role
            if form.strength is Strength.NOT:
                bars.append((kind, number))
            else:
                best.setdefault((kind, form.term), number)
        return tuple((kind, number) for (kind, _), number in best.items()), tuple(bars)

    def after(self, waiting: Iterable[tuple[int, int]], sort: int) -> _State:
        """The state after one more word: what the nodes that wait go on with, and which may wait longer, for how many words."""
        here = self.words.sorts[sort]
        ends: set[int] = set()
        following: dict[int, int] = {}
        for number, gap in waiting:
            node = self._nodes[number]
            if gap and not here.wall:
                _wait(following, node, gap - 1)
            for element in node.children.keys() & here.elements:
                child = node.children[element]
                ends.update(child.ends)
                _wait(following, child, 0)
        key = (tuple(sorted(following.items())), tuple(sorted(ends)))
        state = self._states.get(key)
        if state is None:
            if len(self._states) >= _CACHED_STATES:
                self._states.clear()
                self.start.clear()
            state = self._states[key] = _State(self, *key)
        return state


def _wait(waiting: dict[int, int], node: _Node, gap: int) -> None:
    """Let a node wait for one of its children during the next `gap` words, and the nodes behind its own gaps for longer."""
    if node.children and waiting.get(node.number, -1) < gap:
        waiting[node.number] = gap
    for length, child in node.gaps:
        _wait(waiting, child, gap + length)


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
            found.update(self._prefixes.get(word[:length], ()))
        found.update(number for part, final, number in self._inner if (word.endswith(part) if final else part in word))
        return frozenset(found)


class Lexicon:
    """The forms of a language, ready to match."""

    def __init__(self, forms: Iterable[Form]) -> None:
        trie = _Trie(forms)
        self._forms = [(form.term, form.role, form.strength is Strength.WEAK, form.text) for form in trie.forms]
        self._strong = sum(form.strength is Strength.STRONG for form in trie.forms)
        self._words = trie.words
        self._start = trie.start

    def classes(self, norm: str) -> frozenset[str]:
        """The word classes (terms of role "word") that a normalised word belongs to."""
        return self._words.sorts[self._words[norm]].classes

    def of_class(self, tokens: Tokens, first: int, last: int, word_class: str) -> list[int]:
        """The numbers of the tokens in `tokens[first:last]` that belong to a word class."""
        sorts, words = self._words.sorts, self._words
        return [number for number, norm in enumerate(tokens.norms[first:last], first) if word_class in sorts[words[norm]].classes]

    def knows(self, word: str) -> bool:
        """Whether a normalised word is part of some form."""
        return bool(self._words.sorts[self._words[word]].elements)

    def mentions(self, tokens: Tokens, first: int = 0, last: int | None = None) -> list[Mention]:
        """The mentions in `tokens[first:last]`, in order of place: the longest of each kind, without what a `notLabel` rules out."""
        return in_order(self.find(tokens, first, last))

    def find(self, tokens: Tokens, first: int = 0, last: int | None = None) -> dict[str, list[Mention]]:
        """The same by kind: by role, and each cue and topic by its term."""
        sorts = list(map(self._words.__getitem__, tokens.norms[first:last]))
        count = len(sorts)
        found: dict[str, list[_Match]] = {}
        barred: dict[str, list[_Match]] = {}
        for start, state in enumerate(map(self._start.__getitem__, sorts)):
            end = start + 1
            while True:
                if state.tells:
                    for kind, form in state.forms:
                        if kind in found:
                            found[kind].append((start, end, form))
                        else:
                            found[kind] = [(start, end, form)]
                    for kind, form in state.bars:
                        barred.setdefault(kind, []).append((start, end, form))
                if end == count or not state.goes_on:
                    break
                state = state[sorts[end]]
                end += 1
        for kind, spans in barred.items():
            self._rule_out(found, kind, spans)
        starts, ends, forms = tokens.starts, tokens.ends, self._forms
        new = tuple.__new__  # what Mention(…) does, without the call in between
        mentions: dict[str, list[Mention]] = {}
        for kind, rows in found.items():
            mentions[kind] = here = []
            for start, end, form in rows if len(rows) == 1 else self._longest(rows):
                term, role, weak, text = forms[form]
                here.append(new(Mention, (term, role, starts[first + start], ends[first + end - 1], weak, text)))
        return mentions

    def _rule_out(self, found: dict[str, list[_Match]], kind: str, spans: Sequence[_Match]) -> None:
        """Drop the matches of a kind, or of all if it is "", that lie in the span of a `notLabel` of their term, or of one of all terms."""
        forms = self._forms
        for name in [kind] if kind else list(found):
            kept = found.get(name, [])
            for first, last, bar in spans:
                term = forms[bar][0]
                kept = [row for row in kept if row[0] < first or last < row[1] or (kind and forms[row[2]][0] != term)]
            if kept:
                found[name] = kept
            else:
                found.pop(name, None)

    def _longest(self, rows: list[_Match]) -> list[_Match]:
        """Of matches in order of place those that do not overlap with a longer one, or with a better one of the same length."""
        reached = 0
        for start, end, _ in rows:
            if start < reached:
                break
            reached = end
        else:
            return rows
        strong = self._strong
        kept: list[_Match] = []
        for _, _, start, form, end in sorted([(start - end, form >= strong, start, form, end) for start, end, form in rows]):
            for first, last, _ in kept:
                if first < end and start < last:
                    break
            else:
                kept.append((start, end, form))
        kept.sort()
        return kept


class _Words(dict[str, int]):
    """The sort of every word met so far, as its number in `sorts`."""

    def __init__(self, elements: _Elements, classes: Mapping[int, Iterable[str]]) -> None:
        super().__init__()
        self._elements = elements
        self._classes = classes
        self._numbers: dict[tuple[frozenset[int], bool], int] = {}
        self.sorts: list[_Sort] = []

    def __missing__(self, norm: str) -> int:
        if len(self) >= _CACHED_WORDS:
            self.clear()
        elements, wall = self._elements.of(norm), norm in _WALLS
        number = self._numbers.setdefault((elements, wall), len(self.sorts))
        if number == len(self.sorts):
            self.sorts.append(_Sort(elements, frozenset(term for element in elements for term in self._classes.get(element, ())), wall))
        self[norm] = number
        return number


def in_order(found: Mapping[str, Iterable[Mention]]) -> list[Mention]:
    """All mentions of a stretch in order of place."""
    return sorted([mention for mentions in found.values() for mention in mentions], key=_place)


def _place(mention: Mention) -> tuple[int, int, str, str]:
    return mention.start, mention.end, mention.role, mention.term


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
