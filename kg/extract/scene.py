"""A clause as the rules see it: its mentions by kind, its neighbours, and what its headings and lead-in announce."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.lexicon import Lexicon
from kg.model import Block, BlockKind, Clause, Document, Mention
from kg.tokens import Tokens, tokenize
from kg.vocabulary import Vocabulary

_ANNOUNCING = (BlockKind.HEADING, BlockKind.CELL)
_NONE: list[Mention] = []


@dataclass(slots=True)
class Scene:
    """One clause with everything that a rule may look at. `topics` are announced by headings and lead-in, nearest first; `nearest` by
    the one of them that is nearest."""

    clause: Clause
    block: Block
    text: str
    tokens: Tokens
    first: int
    last: int
    mentions: list[Mention]
    lexicon: Lexicon
    topics: tuple[str, ...] = ()
    nearest: frozenset[str] = frozenset()
    lead: Scene | None = None
    previous: Scene | None = None
    _roles: dict[str, list[Mention]] = field(default_factory=dict)
    _cues: dict[str, list[Mention]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for mention in self.mentions:
            self._file(mention)

    def _file(self, mention: Mention) -> None:
        table, key = (self._cues, mention.term) if mention.role in ("cue", "topic") else (self._roles, mention.role)
        table.setdefault(key, []).append(mention)

    def add(self, mention: Mention) -> None:
        """One more mention, in its place."""
        self.mentions.append(mention)
        self._file(mention)
        for column in (self.mentions, self._cues.get(mention.term, []), self._roles.get(mention.role, [])):
            column.sort(key=_place)

    @property
    def start(self) -> int:
        """Where the clause starts in the document."""
        return self.clause.start

    @property
    def end(self) -> int:
        """Where the clause ends in the document."""
        return self.clause.end

    @property
    def is_item(self) -> bool:
        """Whether the clause is a list item or a table cell."""
        return self.block.kind in (BlockKind.ITEM, BlockKind.CELL)

    @property
    def is_heading(self) -> bool:
        """Whether the clause is a heading."""
        return self.block.kind is BlockKind.HEADING

    @property
    def kinds(self) -> set[str]:
        """The kinds of the mentions, the cues and the topics that the clause holds or stands under."""
        return {*self._roles, *self._cues, *self.nearest}

    def of(self, *roles: str) -> list[Mention]:
        """The mentions of these kinds in order of place."""
        if len(roles) == 1:
            return self._roles.get(roles[0], _NONE)
        return sorted((m for role in roles for m in self._roles.get(role, ())), key=lambda m: (m.start, m.end))

    def cues(self, *terms: str, strong: bool = False) -> list[Mention]:
        """The mentions of these cues or topics in order of place."""
        if len(terms) == 1 and not strong:
            return self._cues.get(terms[0], _NONE)
        found = [m for term in terms for m in self._cues.get(term, _NONE) if not (strong and m.weak)]
        if len(found) > 1 and len(terms) > 1:
            found.sort(key=_place)
        return found

    def has(self, *terms: str) -> bool:
        """Whether the clause holds one of these cues."""
        return not self._cues.keys().isdisjoint(terms)

    def about(self, *topics: str) -> bool:
        """Whether a heading or the lead-in announces one of these topics."""
        return not set(topics).isdisjoint(self.topics)

    def classes(self, number: int) -> frozenset[str]:
        """The word classes of a token, by its number in the document."""
        return self.lexicon.classes(self.tokens.norms[number])

    def starts_of(self, word_class: str) -> frozenset[int]:
        """Where the words of a class start."""
        classes, norms, starts = self.lexicon.classes, self.tokens.norms, self.tokens.starts
        return frozenset(starts[n] for n in range(self.first, self.last) if word_class in classes(norms[n]))

    def token_at(self, offset: int) -> int:
        """The number of the first token that starts at or after an offset."""
        return bisect_left(self.tokens.starts, offset, self.first, self.last)

    def words_between(self, start: int, end: int) -> list[str]:
        """The normal forms of the tokens between two offsets."""
        return self.tokens.norms[self.token_at(start) : self.token_at(end)]


def _place(mention: Mention) -> tuple[int, int]:
    return mention.start, mention.end


def scenes(document: Document, clauses: Iterable[Clause], vocabulary: Vocabulary) -> Iterator[Scene]:
    """A scene for each clause."""
    tokens = tokenize(document.text)
    by_span: dict[int, Scene] = {}
    announced: dict[int, tuple[str, ...]] = {}
    previous: Scene | None = None
    clauses = tuple(clauses)
    leads = {clause.lead[0] for clause in clauses if clause.lead is not None}
    for clause in clauses:
        block = document.blocks[clause.block]
        first = bisect_left(tokens.starts, clause.start)
        last = bisect_left(tokens.starts, clause.end)
        language = clause.language if clause.language in vocabulary.languages else document.language
        lexicon = vocabulary.lexicon(language)
        mentions = lexicon.mentions(tokens, first, last)
        if block.kind in _ANNOUNCING or clause.start in leads:
            mentions += vocabulary.lexicon(language, topics=True).mentions(tokens, first, last)
        lead = by_span.get(clause.lead[0]) if clause.lead else None
        over = [tuple(m.term for m in lead.mentions if m.role == "topic" and not m.weak)] if lead else []
        over += [announced.get(number, ()) for number in reversed(clause.headings)]
        topics = tuple(dict.fromkeys(topic for layer in over for topic in layer))
        nearest = frozenset(next((layer for layer in over if layer), ()))
        scene = Scene(clause, block, document.text, tokens, first, last, mentions, lexicon, topics, nearest, lead, previous)
        if block.kind in _ANNOUNCING:
            announced[clause.block] = (*announced.get(clause.block, ()), *(m.term for m in mentions if m.role == "topic"))
        by_span[clause.start] = scene
        previous = None if scene.is_heading else scene
        yield scene


def recognise(found: Iterable[Scene], names: Mapping[str, str]) -> None:
    """Let the document's own names of its controller be read as "we". `names`: the first word, small, → the whole name."""
    for scene in found:
        tokens, text = scene.tokens, scene.text
        for number in range(scene.first, scene.last):
            name = names.get(tokens.norms[number])
            if name is not None and text[tokens.starts[number]].isupper():
                start = tokens.starts[number]
                end = start + len(name) if text.startswith(name, start) else tokens.ends[number]
                scene.add(Mention("pk:FirstParty", "cue", start, end, False, name))
