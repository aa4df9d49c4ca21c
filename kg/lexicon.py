"""Finds the places where a text says a term: makes a trie over tokens of the forms, and reads texts along it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, final

from kg.forms import Elements, Form, variants
from kg.matches import End, Matches
from kg.mention import Mention
from kg.tokens import Tokens

_WALLS: Final = frozenset(".;:,")
_WORD: Final = "word"
_CACHED_WORDS: Final = 200_000
_CACHED_STATES: Final = 100_000
_NONE: Final[list[Mention]] = []
_BITS: Final = 61
_ANY: Final = 1 << _BITS


@final
class _Node:
    """A state of the trie: what may follow, element by element or after a gap, and the numbers of the forms that end here."""

    __slots__ = ("children", "ends", "gaps", "number")

    def __init__(self, number: int) -> None:
        self.number: Final = number
        self.children: Final[dict[int, _Node]] = {}
        self.gaps: Final[list[tuple[int, _Node]]] = []
        self.ends: Final[list[int]] = []


@final
class _Sort:
    """All words that match the same elements; no form tells them apart. `wall`: no gap reaches over them. `opened` is the state in which
    a word of the sort leaves a text that begins with it, once that is known. By its `name` tables find it sooner than by itself."""

    __slots__ = ("classed", "classes", "elements", "mask", "name", "opened", "wall")

    def __init__(self, name: str, elements: frozenset[int], classes: frozenset[str], wall: bool) -> None:
        self.name: Final = name
        self.elements: Final = elements
        self.mask: Final = _ANY | _mask(elements)
        self.classes: Final = classes
        self.classed: Final = bool(classes)
        self.wall: Final = wall
        self.opened: _State | None = None


@final
class _State:
    """All that may follow after the words read so far: the trie made deterministic, by the sort of the next word.

    What follows is worked out when a text first asks for it: by the sort `foremost` it is `next`, by others what `following` says. Half
    of all states are left by one sort alone, and a text that asks for it is spared a look into a table.

    A sort whose `mask` has nothing in common with the state's leads nowhere: that spares a fifth of the looks that are left.

    `told` is what the forms that end here say, the best of each term, and `barred` what those of a `notLabel` do. Where nothing is
    `waiting`, reading stops.
    """

    __slots__ = ("barred", "following", "foremost", "goes_on", "mask", "next", "told", "waiting")

    def __init__(self, waiting: tuple[tuple[int, int], ...], mask: int, told: tuple[End, ...], barred: tuple[End, ...]) -> None:
        self.mask: Final = mask
        self.waiting: Final = waiting
        self.goes_on: Final = bool(waiting)
        self.told: Final = told
        self.barred: Final = barred
        self.foremost: _Sort | None = None
        self.next: _State | None = None
        self.following: Final[dict[str, _State]] = {}


@final
class _Trie:
    """The forms as a trie over elements.

    The number of a form is its place in `_ends`: the strong ones come first, then the weak ones, then what a `notLabel` says.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        ordered = sorted(forms, key=lambda form: (form.strength, form.term, form.text))
        self._elements = Elements()
        self._nodes = [_Node(0)]
        classes: dict[int, set[str]] = {}
        for number, form in enumerate(ordered):
            for sequence in variants(form):
                if form.role != _WORD:
                    self._plant(sequence, form, number)
                elif len(sequence) == 1 and isinstance(sequence[0], str):
                    classes.setdefault(self._elements.identify(sequence[0], form.inflections), set()).add(form.term)
        self.words = _Words(self._elements, classes)
        self._ends: Final = [End(form) for form in ordered]
        self._states: Final[dict[tuple[tuple[tuple[int, int], ...], tuple[int, ...]], _State]] = {}

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

    def open(self, sort: _Sort) -> _State:
        """The state after a first word."""
        if len(self._states) >= _CACHED_STATES:
            self._states.clear()
            self.words.forget()
        state = sort.opened = self._after(((0, 0),), sort)
        return state

    def after(self, state: _State, sort: _Sort) -> _State:
        """The state after one more word."""
        after = state.following.get(sort.name)
        if after is None:
            after = self._after(state.waiting, sort)
            if state.foremost is None:
                state.foremost, state.next = sort, after
            else:
                state.following[sort.name] = after
        return after

    def _after(self, waiting: tuple[tuple[int, int], ...], sort: _Sort) -> _State:
        """What the nodes that wait go on with, and which may wait longer, for how many words."""
        ends: set[int] = set()
        following: dict[int, int] = {}
        for number, gap in waiting:
            node = self._nodes[number]
            if gap and not sort.wall:
                _wait(following, node, gap - 1)
            for element in node.children.keys() & sort.elements:
                child = node.children[element]
                ends.update(child.ends)
                _wait(following, child, 0)
        key = (tuple(sorted(following.items())), tuple(sorted(ends)))
        state = self._states.get(key)
        if state is None:
            best: dict[tuple[str, str], End] = {}
            bars: list[End] = []
            for number in key[1]:
                end = self._ends[number]
                if end.bars:
                    bars.append(end)
                else:
                    best.setdefault((end.kind, end.term), end)
            state = self._states[key] = _State(key[0], self._mask(key[0]), tuple(best.values()), tuple(bars))
        return state

    def _mask(self, waiting: tuple[tuple[int, int], ...]) -> int:
        """The mask of all elements that are waited for, or what every sort has where a gap lets any word pass."""
        if any(gap for _, gap in waiting):
            return _ANY
        return _mask(element for number, _ in waiting for element in self._nodes[number].children)


def _mask(elements: Iterable[int]) -> int:
    """A bit for each element, of which several share one: sets without a bit in common have no element in common."""
    mask = 0
    for element in elements:
        mask |= 1 << element % _BITS
    return mask


def _wait(waiting: dict[int, int], node: _Node, gap: int) -> None:
    """Let a node wait for one of its children during the next `gap` words, and the nodes behind its own gaps for longer."""
    if node.children and waiting.get(node.number, -1) < gap:
        waiting[node.number] = gap
    for length, child in node.gaps:
        _wait(waiting, child, gap + length)


@final
class Lexicon:
    """The forms of a language, ready to match."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._trie: Final = _Trie(forms)
        self._words: Final = self._trie.words

    def classes(self, norm: str) -> frozenset[str]:
        """The word classes (terms of role "word") that a normalised word belongs to."""
        return self._words.sort(norm).classes

    def knows(self, word: str) -> bool:
        """Whether a normalised word is part of some form."""
        return bool(self._words.sort(word).elements)

    def mentions(self, tokens: Tokens, first: int = 0, last: int | None = None) -> list[Mention]:
        """The mentions in `tokens[first:last]`, in order of place: the longest of each kind, without what a `notLabel` rules out."""
        return self.find(tokens, first, len(tokens.norms) if last is None else last).in_order()

    def find(self, tokens: Tokens, first: int, last: int) -> Found:
        """The same by kind: by role, and each cue and topic by its term."""
        words, trie = self._words, self._trie
        sorts = [words.sort(norm) for norm in tokens.norms[first:last]]
        count = len(sorts)
        matches = Matches()
        bars: Matches | None = None
        for place, opening in enumerate(sorts):
            state = opening.opened
            if state is None:
                state = trie.open(opening)
            end = place + 1
            while True:
                for told in state.told:
                    matches.add(told, place, end)
                for told in state.barred:
                    if bars is None:
                        bars = Matches()
                    bars.add(told, place, end)
                if not state.goes_on or end >= count:
                    break
                sort = sorts[end]
                if state.mask & sort.mask == 0:
                    break
                after = state.next if state.foremost is sort else None
                state = trie.after(state, sort) if after is None else after
                end += 1
        if bars is not None:
            matches.rule_out(bars)
        return Found(tokens, first, sorts, matches)


@final
class Found:
    """What is said in a stretch, by kind. Of many kinds rules ask only whether they are there: their mentions are made when asked for."""

    __slots__ = ("_made", "_matches", "_sorts", "_start", "_tokens")

    def __init__(self, tokens: Tokens, start: int, sorts: list[_Sort], matches: Matches) -> None:
        self._tokens: Final = tokens
        self._start: Final = start
        self._sorts: Final = sorts
        self._matches: Final = matches
        self._made: Final[dict[str, list[Mention]]] = {}

    @property
    def kinds(self) -> Iterable[str]:
        """The kinds that are said."""
        return self._matches.kinds

    def has(self, kind: str) -> bool:
        """Whether a kind is said."""
        return kind in self._matches.kinds

    def of(self, kind: str) -> list[Mention]:
        """The mentions of a kind, in order of place."""
        rows = self._matches.kinds.get(kind)
        if rows is None:
            return _NONE
        made = self._made.get(kind)
        if made is None:
            made = self._made[kind] = self._matches.of(rows, self._tokens, self._start)
        return made

    def put(self, kind: str, mentions: list[Mention]) -> None:
        """Let these be the mentions of a kind."""
        self._matches.kinds[kind] = []
        self._made[kind] = mentions

    def take(self, other: Found) -> None:
        """Add the kinds of another reading of the same stretch."""
        for kind in other.kinds:
            self.put(kind, other.of(kind))

    def in_order(self) -> list[Mention]:
        """All mentions in order of place."""
        return sorted([mention for kind in self._matches.kinds for mention in self.of(kind)], key=_place)

    def of_class(self, word_class: str) -> list[int]:
        """The numbers of the tokens that belong to a word class."""
        numbers: list[int] = []
        number = self._start
        for sort in self._sorts:
            if sort.classed and word_class in sort.classes:
                numbers.append(number)
            number += 1
        return numbers


@final
class _Words:
    """The sort of every word met so far."""

    def __init__(self, elements: Elements, classes: Mapping[int, Iterable[str]]) -> None:
        self._elements: Final = elements
        self._classes: Final = classes
        self._sorts: Final[dict[tuple[frozenset[int], bool], _Sort]] = {}
        self._known: Final[dict[str, _Sort]] = {}

    def sort(self, norm: str) -> _Sort:
        """The sort of a normalised word."""
        known = self._known.get(norm)
        return self._learn(norm) if known is None else known

    def forget(self) -> None:
        """Let go of the states after a first word."""
        for sort in self._sorts.values():
            sort.opened = None

    def _learn(self, norm: str) -> _Sort:
        if len(self._known) >= _CACHED_WORDS:
            self._known.clear()
        elements, wall = self._elements.of(norm), norm in _WALLS
        sort = self._sorts.get((elements, wall))
        if sort is None:
            classes = frozenset(term for element in elements for term in self._classes.get(element, ()))
            sort = self._sorts[elements, wall] = _Sort(str(len(self._sorts)), elements, classes, wall)
        self._known[norm] = sort
        return sort


def _place(mention: Mention) -> tuple[int, int, str, str]:
    return mention.start, mention.end, mention.role, mention.term
