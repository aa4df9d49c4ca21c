"""A clause as the rules see it: its mentions by kind, its neighbours, and what its headings and lead-in announce."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import Final, final

from kg.lexicon import Found, Lexicon
from kg.mention import Mention
from kg.model import Block, BlockKind, Clause, Document
from kg.tokens import Tokens, tokenize
from kg.vocabulary import Vocabulary

_HEADING: Final = BlockKind.HEADING
_ANNOUNCING: Final = frozenset({BlockKind.HEADING, BlockKind.CELL})
_ITEMS: Final = frozenset({BlockKind.ITEM, BlockKind.CELL})
_FURNITURE: Final = frozenset(kind for kind in BlockKind if kind.is_furniture)
_NONE: Final[list[Mention]] = []


@final
class Scene:
    """One clause with everything that a rule may look at. `topics` are announced by headings and lead-in, nearest first; `nearest` by
    the one of them that is nearest. `found` are the mentions by kind: by role, and each cue and topic by its term. `start` and `end` are
    offsets in the document; `is_item` holds of list items and table cells."""

    __slots__ = (
        "_kinds", "_merged", "above", "block", "clause", "end", "first", "found", "is_furniture", "is_heading", "is_item", "kind", "last",
        "lead", "lexicon", "nearest", "previous", "start", "text", "tokens", "topics",
    )  # fmt: skip

    def __init__(
        self,
        clause: Clause,
        block: Block,
        text: str,
        tokens: Tokens,
        first: int,
        last: int,
        found: Found,
        lexicon: Lexicon,
        topics: tuple[str, ...],
        nearest: frozenset[str],
        lead: Scene | None,
        previous: Scene | None,
    ) -> None:
        self.clause: Final = clause
        self.block: Final = block
        self.text: Final = text
        self.tokens: Final = tokens
        self.first: Final = first
        self.last: Final = last
        self.found: Final = found
        self.lexicon: Final = lexicon
        self.topics: Final = topics
        self.nearest: Final = nearest
        self.lead: Final = lead
        self.previous: Final = previous
        self.above: Final = frozenset(topics)
        self.start: Final[int] = clause.start
        self.end: Final[int] = clause.end
        kind = block.kind
        self.kind: Final = kind
        self.is_item: Final[bool] = kind in _ITEMS
        self.is_heading: Final[bool] = kind is _HEADING
        self.is_furniture: Final[bool] = kind in _FURNITURE
        self._kinds: set[str] | None = None
        self._merged: dict[tuple[str, ...], list[Mention]] = {}

    def add(self, mention: Mention) -> None:
        """One more mention of a cue, in its place."""
        self.found.put(mention.term, sorted([*self.found.of(mention.term), mention], key=_place))
        self._kinds = None
        self._merged.clear()

    @property
    def kinds(self) -> set[str]:
        """The kinds of the mentions, the cues and the topics that the clause holds or stands under."""
        if self._kinds is None:
            self._kinds = {*self.found.kinds, *self.nearest}
        return self._kinds

    def of(self, role: str) -> list[Mention]:
        """The mentions of a kind in order of place."""
        return self.found.of(role)

    def cues(self, term: str, *, strong: bool = False) -> list[Mention]:
        """The same of a cue, or the strong ones of them."""
        here = self.found.of(term)
        return [mention for mention in here if not mention.weak] if strong and here else here

    def all(self, kinds: tuple[str, ...], *, strong: bool = False) -> list[Mention]:
        """The mentions of any of these kinds and cues in order of place, or the strong ones of them."""
        found = self.found
        only = ""
        several = False
        for kind in kinds:
            if found.has(kind):
                if only:
                    several = True
                    break
                only = kind
        if not only:
            return _NONE
        if not several:
            here = found.of(only)
            return [mention for mention in here if not mention.weak] if strong else here
        key = ("strong", *kinds) if strong else kinds
        merged = self._merged.get(key)
        if merged is None:
            merged = []
            for kind in kinds:
                merged = _joined(merged, [mention for mention in found.of(kind) if not mention.weak] if strong else found.of(kind))
            self._merged[key] = merged
        return merged

    def has(self, *terms: str) -> bool:
        """Whether the clause holds one of these cues."""
        return any(self.found.has(term) for term in terms)

    def states(self, *kinds: str) -> bool:
        """Whether the clause holds a strong mention of one of these kinds and cues."""
        return any(not mention.weak for kind in kinds for mention in self.found.of(kind))

    def about(self, *topics: str) -> bool:
        """Whether a heading or the lead-in announces one of these topics."""
        return self.about_one(topics)

    def about_one(self, topics: tuple[str, ...]) -> bool:
        """The same of topics in a tuple."""
        return bool(self.topics) and any(topic in self.above for topic in topics)

    def classes(self, number: int) -> frozenset[str]:
        """The word classes of a token, by its number in the document."""
        return self.lexicon.classes(self.tokens.norms[number])

    def starts_of(self, word_class: str) -> frozenset[int]:
        """Where the words of a class start."""
        starts = self.tokens.starts
        return frozenset([starts[number] for number in self.found.of_class(word_class)])

    def token_at(self, offset: int) -> int:
        """The number of the first token that starts at or after an offset."""
        starts = self.tokens.starts
        low, high = self.first, self.last
        while low < high:  # as `bisect_left` does, which would box every number
            middle = (low + high) // 2
            if starts[middle] < offset:
                low = middle + 1
            else:
                high = middle
        return low

    def words_between(self, start: int, end: int) -> list[str]:
        """The normal forms of the tokens between two offsets."""
        return self.tokens.norms[self.token_at(start) : self.token_at(end)]


def _place(mention: Mention) -> tuple[int, int]:
    return mention.start, mention.end


def _joined(one: list[Mention], other: list[Mention]) -> list[Mention]:
    """Two lists in order of place as one; of two mentions in the same place that of the first list comes first."""
    if not one or not other:
        return one or other
    joined: list[Mention] = []
    place = 0
    for mention in other:
        while place < len(one):
            first = one[place]
            if first.start > mention.start or (first.start == mention.start and first.end > mention.end):
                break
            joined.append(first)
            place += 1
        joined.append(mention)
    joined.extend(one[place:])
    return joined


def scenes(document: Document, clauses: Iterable[Clause], vocabulary: Vocabulary) -> Iterator[Scene]:
    """A scene for each clause."""
    tokens = _tokens(document)
    starts = tokens.starts
    by_span: dict[int, Scene] = {}
    announced: dict[int, tuple[str, ...]] = {}
    leading: dict[int, tuple[str, ...]] = {}
    over: dict[tuple[int, ...], tuple[tuple[str, ...], frozenset[str]]] = {}
    languages, lexicons = vocabulary.languages, dict[str, Lexicon]()
    previous: Scene | None = None
    clauses = tuple(clauses)
    leads = {clause.lead[0] for clause in clauses if clause.lead is not None}
    last = 0
    for clause in clauses:
        block = document.blocks[clause.block]
        first = _reach(starts, clause.start, last)
        last = _reach(starts, clause.end, first)
        language = clause.language if clause.language in languages else document.language
        lexicon = lexicons.get(language)
        if lexicon is None:
            lexicon = lexicons[language] = vocabulary.lexicon(language)
        found = lexicon.find(tokens, first, last)
        lead = by_span.get(clause.lead[0]) if clause.lead is not None else None
        if lead is not None:
            topics, nearest = _announced((leading[lead.clause.start], *(announced.get(number, ()) for number in reversed(clause.headings))))
        elif clause.headings in over:
            topics, nearest = over[clause.headings]
        else:
            topics, nearest = over[clause.headings] = _announced(announced.get(number, ()) for number in reversed(clause.headings))
        if block.kind in _ANNOUNCING or clause.start in leads:
            headlines = vocabulary.lexicon(language, topics=True).find(tokens, first, last)
            told = headlines.in_order()
            found.take(headlines)
            leading[clause.start] = tuple(m.term for m in told if not m.weak)
            if block.kind in _ANNOUNCING:
                announced[clause.block] = (*announced.get(clause.block, ()), *(m.term for m in told))
                over.clear()
        scene = Scene(clause, block, document.text, tokens, first, last, found, lexicon, topics, nearest, lead, previous)
        by_span[clause.start] = scene
        previous = None if scene.is_heading else scene
        yield scene


def _reach(starts: list[int], offset: int, number: int) -> int:
    """The number of the first token from `number` on that starts at or after an offset."""
    while number < len(starts) and starts[number] < offset:
        number += 1
    return number


def _tokens(document: Document) -> Tokens:
    """The tokens of the text; none reaches over the start of a block whose line break was lost ("CookiesWhen")."""
    text = document.text
    cuts = [block.start for block in document.blocks if block.start and text[block.start - 1].isalnum() and text[block.start].isalnum()]
    if not cuts:
        return tokenize(text)
    pieces = [tokenize(text, *span) for span in pairwise([0, *sorted(set(cuts)), len(text)])]
    starts, ends, norms = (
        list(chain.from_iterable(columns)) for columns in zip(*((p.starts, p.ends, p.norms) for p in pieces), strict=True)
    )
    return Tokens(starts, ends, norms)


def _announced(layers: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The topics of the layers over a clause, the nearest layer first: all of them, and those of the first layer that has any."""
    telling = [layer for layer in layers if layer]
    return tuple(dict.fromkeys(topic for layer in telling for topic in layer)), frozenset(telling[0] if telling else ())


def recognise(found: list[Scene], names: dict[str, str]) -> None:
    """Let the document's own names of its controller be read as "we". `names`: the first word, small, → the whole name."""
    if not found:
        return
    tokens, text = found[0].tokens, found[0].text
    numbers = [number for number, norm in enumerate(tokens.norms) if norm in names]
    ahead = 0
    for scene in found:
        while ahead < len(numbers) and numbers[ahead] < scene.last:
            number = numbers[ahead]
            ahead += 1
            start = tokens.starts[number]
            if number >= scene.first and text[start].isupper():
                name = names[tokens.norms[number]]
                end = start + len(name) if text.startswith(name, start) else tokens.ends[number]
                scene.add(Mention("pk:FirstParty", "cue", start, end, False, name, number, scene.token_at(end)))
