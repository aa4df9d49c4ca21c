"""The frozen records that the stages hand on to one another.

Terms are CURIEs (``"dpv:Collect"``) everywhere before the graph; `kg.namespaces.expand` turns them into IRIs.
Offsets are Unicode code points, half-open, into `Document.text`.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final, NamedTuple

record: Final = tuple.__new__
"""`record(Value, (text, datatype, language))` is `Value(text, datatype, language)` in half of the time, compiled in a third.

For what is made by the thousand. All fields, in their order: nothing checks them but a test.
"""


class BlockKind(StrEnum):
    """What a piece of a document is: of the policy itself, or furniture of the page around it."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    CELL = "cell"
    NAVIGATION = "navigation"
    BANNER = "banner"
    FOOTER = "footer"

    @property
    def is_furniture(self) -> bool:
        """Whether the block belongs to the page and not to the policy."""
        return self in (BlockKind.NAVIGATION, BlockKind.BANNER, BlockKind.FOOTER)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the canonical text with its place in the layout.

    `level` is the depth of a heading (1 = title) or of a list item (1 = outermost). `lead` is the index of the block that introduces
    a list item ("We may disclose your data to:"), `headers` are the indices of a table cell's header cells.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    lead: int | None = None
    headers: tuple[int, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a document beside its text (from ``policies.toml`` or from the markup)."""

    title: str | None = None
    controller: str | None = None
    language: str | None = None
    source: str | None = None
    snapshot: str | None = None
    observed: date | None = None
    effective: date | None = None
    excerpt: bool = False
    series: str | None = None


@dataclass(frozen=True)
class Document:
    """A source file as canonical text and blocks in reading order. `path` is the path as it was given.

    `pages` are the offsets where the pages begin, in order, for formats that have pages; empty for the others.
    """

    path: str
    text: str
    blocks: tuple[Block, ...]
    language: str
    media_type: str = "text/plain"
    metadata: Metadata = field(default_factory=Metadata)
    pages: tuple[int, ...] = ()

    def page(self, offset: int) -> int | None:
        """The page on which a character stands, counted from 1; None where the format has no pages."""
        return bisect_right(self.pages, offset) or 1 if self.pages else None

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the canonical text in UTF-8, hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()


class Clause(NamedTuple):
    """A sentence, list item or cell: the unit of evidence.

    `headings` are the indices of the blocks that stand over it, outermost first; `lead` is the span of the lead-in that it completes.
    """

    number: int
    start: int
    end: int
    block: int
    language: str
    headings: tuple[int, ...] = ()
    lead: tuple[int, int] | None = None


class Value(NamedTuple):
    """A literal. `datatype` is a CURIE; without datatype and language it is a plain string."""

    text: str
    datatype: str | None = None
    language: str | None = None


class StorageDuration(NamedTuple):
    """How long data stay: a period (`iso`, an xsd:duration) or an event, under a `name` unique in its document."""

    name: str
    kind: str
    iso: str | None = None
    hedge: str | None = None


class Assertion(NamedTuple):
    """One triple that the policy claims, with the shortest span that says it. `confidence` is in (0, 1]; `rule` names what found it."""

    predicate: str
    object: str | Value | StorageDuration
    start: int
    end: int
    confidence: float
    rule: str


class StatementKind(StrEnum):
    """Which link leads from the policy version to a statement, and so its polarity."""

    PRACTICE = "practice"
    DENIAL = "denial"
    RIGHT = "right"
    NOTICE = "notice"


class Condition(NamedTuple):
    """What a statement depends on, or is excepted from. `kind` is a ``pk:If…`` concept where one fits."""

    start: int
    end: int
    kind: str | None = None
    exception: bool = False


class Statement(NamedTuple):
    """What one clause (or one clause and its lead-in) says. All that it holds is true of all else in it: a Cartesian product.

    `start` and `topic` make its IRI. `modality` is ``pk:Does``, ``pk:Will``, ``pk:May`` or ``pk:Must``. `clauses` are indices, `hedges`
    spans.
    """

    kind: StatementKind
    start: int
    topic: str
    modality: str
    clauses: tuple[int, ...]
    assertions: tuple[Assertion, ...]
    hedges: tuple[tuple[int, int], ...] = ()
    conditions: tuple[Condition, ...] = ()


class Fact(NamedTuple):
    """An assertion about the policy version (`subject` None) or an organisation (``org:slug``) instead of a statement."""

    subject: str | None
    clause: int
    assertion: Assertion


class Organisation(NamedTuple):
    """An organisation under one IRI with all its names. `curie` is ``org:slug``."""

    curie: str
    name: str
    alternatives: tuple[str, ...] = ()
    language: str | None = None


class DefinedTerm(NamedTuple):
    """A name that the text defines: `surface` "KONE" refers to `party` (``org:slug``) and includes the kinds of party in `includes`."""

    surface: str
    party: str | None
    includes: tuple[str, ...]
    clause: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that was found in one document. `controller` is ``org:slug``; `issues` are the reasons for what was not found.

    `judged` says that the fitted part had a say in the confidences.
    """

    document: Document
    controller: str
    clauses: tuple[Clause, ...]
    statements: tuple[Statement, ...]
    facts: tuple[Fact, ...]
    organisations: tuple[Organisation, ...]
    defined_terms: tuple[DefinedTerm, ...]
    is_policy: bool = True
    issues: tuple[str, ...] = ()
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clause as a graph holds it, with its text. Offsets are code points, half-open, into the version's canonical text."""

    clause: str
    quote: str
    start: int
    end: int
