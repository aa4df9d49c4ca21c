"""Finds the places where a text says a term: makes a trie over tokens of the forms, and reads texts along it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, final

from kg.forms import Form, Strength, inflect, variants
from kg.mention import Mention
from kg.tokens import Tokens, normal

_WALLS: Final = frozenset(".;:,")
_WORD: Final = "word"
_SEPARATE: Final = frozenset({"cue", "topic"})
_CACHED_WORDS: Final = 200_000
_CACHED_STATES: Final = 100_000


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
    a word of the sort leaves a text that begins with it, once that is known."""

    __slots__ = ("classes", "elements", "opened", "wall")

    def __init__(self, elements: frozenset[int], classes: frozenset[str], wall: bool) -> None:
        self.elements: Final = elements
        self.classes: Final = classes
        self.wall: Final = wall
        self.opened: _State | None = None


@final
class _End:
    """What a form says where it ends: a mention of its term, or that none of its `kind` is one here."""

    __slots__ = ("bars", "kind", "role", "term", "text", "weak")

    def __init__(self, form: Form) -> None:
        self.kind: Final = form.term if form.role in _SEPARATE else form.role
        self.term: Final = form.term
        self.role: Final = form.role
        self.weak: Final = form.strength is Strength.WEAK
        self.bars: Final = form.strength is Strength.NOT
        self.text: Final = form.text


@final
class _State:
    """All that may follow after the words read so far: the trie made deterministic, by the sort of the next word.

    What follows is worked out when a text first asks for it. `told` is what the forms that end here say, the best of each term, and
    `barred` what those of a `notLabel` do. Where nothing is `waiting`, reading stops.
    """

    __slots__ = ("barred", "following", "goes_on", "told", "waiting")

    def __init__(self, waiting: tuple[tuple[int, int], ...], told: tuple[_End, ...], barred: tuple[_End, ...]) -> None:
        self.waiting: Final = waiting
        self.goes_on: Final = bool(waiting)
        self.told: Final = told
        self.barred: Final = barred
        self.following: Final[dict[_Sort, _State]] = {}


@final
class _Trie:
    """The forms as a trie over elements.

    The number of a form is its place in `_ends`: the strong ones come first, then the weak ones, then what a `notLabel` says.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        ordered = sorted(forms, key=lambda form: (form.strength, form.term, form.text))
        self._elements = _Elements()
        self._nodes = [_Node(0)]
        classes: dict[int, set[str]] = {}
        for number, form in enumerate(ordered):
            for sequence in variants(form):
                if form.role != _WORD:
                    self._plant(sequence, form, number)
                elif len(sequence) == 1 and isinstance(sequence[0], str):
                    classes.setdefault(self._elements.identify(sequence[0], form.inflections), set()).add(form.term)
        self.words = _Words(self._elements, classes)
        self._ends: Final = [_End(form) for form in ordered]
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
        after = state.following[sort] = self._after(state.waiting, sort)
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
            best: dict[tuple[str, str], _End] = {}
            bars: list[_End] = []
            for number in key[1]:
                end = self._ends[number]
                if end.bars:
                    bars.append(end)
                else:
                    best.setdefault((end.kind, end.term), end)
            state = self._states[key] = _State(key[0], tuple(best.values()), tuple(bars))
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
            for variant in (word, *inflect(word, inflections)):
                self._exact.setdefault(variant, set()).add(number)

    def of(self, word: str) -> frozenset[int]:
        """The numbers of the elements that a normalised word matches."""
        found = set(self._exact.get(word, ()))
        for length in range(2, len(word) + 1):
            found.update(self._prefixes.get(word[:length], ()))
        found.update(number for part, final, number in self._inner if (word.endswith(part) if final else part in word))
        return frozenset(found)


@final
class Lexicon:
    """The forms of a language, ready to match."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._trie: Final = _Trie(forms)
        self._words: Final = self._trie.words

    def classes(self, norm: str) -> frozenset[str]:
        """The word classes (terms of role "word") that a normalised word belongs to."""
        return self._words.sort(norm).classes

    def of_class(self, tokens: Tokens, first: int, last: int, word_class: str) -> list[int]:
        """The numbers of the tokens in `tokens[first:last]` that belong to a word class."""
        norms, words = tokens.norms, self._words
        return [number for number in range(first, last) if word_class in words.sort(norms[number]).classes]

    def knows(self, word: str) -> bool:
        """Whether a normalised word is part of some form."""
        return bool(self._words.sort(word).elements)

    def mentions(self, tokens: Tokens, first: int = 0, last: int | None = None) -> list[Mention]:
        """The mentions in `tokens[first:last]`, in order of place: the longest of each kind, without what a `notLabel` rules out."""
        return in_order(self.find(tokens, first, len(tokens.norms) if last is None else last))

    def find(self, tokens: Tokens, first: int, last: int) -> dict[str, list[Mention]]:
        """The same by kind: by role, and each cue and topic by its term."""
        words, trie = self._words, self._trie
        sorts = [words.sort(norm) for norm in tokens.norms[first:last]]
        count = len(sorts)
        matches, bars = _Matches(), _Matches()
        for place, opening in enumerate(sorts):
            state = opening.opened
            if state is None:
                state = trie.open(opening)
            end = place + 1
            while True:
                for told in state.told:
                    matches.add(told, place, end)
                for told in state.barred:
                    bars.add(told, place, end)
                if not state.goes_on or end >= count:
                    break
                sort = sorts[end]
                after = state.following.get(sort)
                state = trie.after(state, sort) if after is None else after
                end += 1
        if bars.ends:
            matches.rule_out(bars)
        return matches.mentions(tokens, first)


@final
class _Matches:
    """The forms that match in a stretch, in order of place, in columns: what they say, their first token and the one after their last.

    Only those that are left in the end become mentions: nearly half lie within longer ones.
    """

    __slots__ = ("ends", "firsts", "kinds", "lasts")

    def __init__(self) -> None:
        self.ends: Final[list[_End]] = []
        self.firsts: Final[list[int]] = []
        self.lasts: Final[list[int]] = []
        self.kinds: Final[dict[str, list[int]]] = {}

    def add(self, end: _End, first: int, last: int) -> None:
        """One more match; it gets the next row, which is noted under its kind."""
        rows = self.kinds.get(end.kind)
        if rows is None:
            self.kinds[end.kind] = [len(self.ends)]
        else:
            rows.append(len(self.ends))
        self.ends.append(end)
        self.firsts.append(first)
        self.lasts.append(last)

    def rule_out(self, bars: _Matches) -> None:
        """Drop what lies in the span of a `notLabel` of its term, or in one of all terms, whose kind is ""."""
        for kind, barring in bars.kinds.items():
            for name in [kind] if kind else list(self.kinds):
                rows = self.kinds.get(name)
                if rows is None:
                    continue
                kept = [row for row in rows if not any(self._within(row, bars, bar, kind == "") for bar in barring)]
                if kept:
                    self.kinds[name] = kept
                else:
                    del self.kinds[name]

    def _within(self, row: int, bars: _Matches, bar: int, every: bool) -> bool:
        inside = bars.firsts[bar] <= self.firsts[row] and self.lasts[row] <= bars.lasts[bar]
        return inside and (every or self.ends[row].term == bars.ends[bar].term)

    def mentions(self, tokens: Tokens, start: int) -> dict[str, list[Mention]]:
        """What is left, by kind; the stretch starts at token `start`."""
        found: dict[str, list[Mention]] = {}
        for kind, rows in self.kinds.items():
            here: list[Mention] = []
            for row in rows if len(rows) == 1 else self._longest(rows):
                end, first, last = self.ends[row], start + self.firsts[row], start + self.lasts[row]
                here.append(Mention(end.term, end.role, tokens.starts[first], tokens.ends[last - 1], end.weak, end.text, first, last))
            found[kind] = here
        return found

    def _longest(self, rows: list[int]) -> list[int]:
        """Of matches in order of place those that do not overlap with a longer one, or with a better one of the same length."""
        reached = 0
        apart = True
        for row in rows:
            if self.firsts[row] < reached:
                apart = False
                break
            reached = self.lasts[row]
        if apart:
            return rows
        kept: list[int] = []
        for _, _, _, row in sorted([(self.firsts[row] - self.lasts[row], self.ends[row].weak, self.firsts[row], row) for row in rows]):
            first, last = self.firsts[row], self.lasts[row]
            if not any(self.firsts[other] < last and first < self.lasts[other] for other in kept):
                kept.append(row)
        kept.sort()
        return kept


@final
class _Words:
    """The sort of every word met so far."""

    def __init__(self, elements: _Elements, classes: Mapping[int, Iterable[str]]) -> None:
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
            sort = self._sorts[elements, wall] = _Sort(elements, classes, wall)
        self._known[norm] = sort
        return sort


def in_order(found: Mapping[str, Iterable[Mention]]) -> list[Mention]:
    """All mentions of a stretch in order of place."""
    return sorted([mention for mentions in found.values() for mention in mentions], key=_place)


def _place(mention: Mention) -> tuple[int, int, str, str]:
    return mention.start, mention.end, mention.role, mention.term
