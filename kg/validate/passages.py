"""What a report can show of a policy: its text in passages, from the document itself or, without it, from the clauses of the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from rdflib import URIRef
from rdflib.namespace import DCTERMS, RDF
from rdflib.term import Literal, Node

from kg.model import Document
from kg.namespaces import expand
from kg.validate.source import Source, Version, organisation_names, versions

_CLAUSE = URIRef(expand("pk:Clause"))
_START, _END, _QUOTE, _HEADING, _LEAD = (
    URIRef(expand(name)) for name in ("pk:startOffset", "pk:endOffset", "pk:quote", "pk:heading", "pk:leadIn")
)
_SHA256 = URIRef(expand("pk:textSha256"))
_CONTROLLER = URIRef(expand("dpv:hasDataController"))
_FACTS = {"observed": URIRef(expand("pk:observedOn")), "effective": URIRef(expand("pk:effectiveFrom")), "source": DCTERMS.source}


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a policy's text. `kind` is ``heading``, ``lead``, ``furniture`` or what else the piece is in the layout.

    `start` is its offset in the canonical text in code points, or None where that is not known. `marker` is the bullet or the number that
    stands before it, `level` the depth of a heading.
    """

    kind: str
    start: int | None
    text: str
    marker: str = ""
    level: int = 1


@dataclass(frozen=True)
class Account:
    """A policy version as a report shows it. `whole` says that `passages` are all of its text, and not only the clauses that were cited.

    `text` is the canonical text and `path` the file it was read from; both are None where no document was given.
    """

    version: str
    language: str
    controller: str
    facts: Mapping[str, str]
    passages: tuple[Passage, ...] = field(repr=False)
    text: str | None = field(default=None, repr=False)
    path: str | None = None

    @property
    def whole(self) -> bool:
        """Whether the text is all there."""
        return self.text is not None


def accounts(source: Source, documents: Iterable[Document] = ()) -> Mapping[str, Account]:
    """An account of each policy version of `source`, by IRI. A document belongs to the version that has its SHA-256."""
    by_digest = {document.sha256: document for document in documents}
    names = organisation_names(source)
    return {str(version.iri): _account(version, names, by_digest) for version in versions(source)}


def _account(version: Version, names: Mapping[str, str], documents: Mapping[str, Document]) -> Account:
    own: dict[URIRef, str] = {}
    clauses: dict[Node, dict[Node, str]] = {s: {} for s, p, o in version.triples if p == RDF.type and o == _CLAUSE}
    for subject, predicate, value in version.triples:
        if subject in clauses and isinstance(value, Literal):
            clauses[subject][predicate] = str(value)
        elif subject == version.iri and isinstance(predicate, URIRef):
            own[predicate] = min(str(value), own.get(predicate, str(value)))
    document = documents.get(own.get(_SHA256, ""))
    controller = own.get(_CONTROLLER, "")
    return Account(
        version=str(version.iri),
        language=own.get(DCTERMS.language, ""),
        controller=names.get(controller, controller),
        facts={name: own[predicate] for name, predicate in _FACTS.items() if predicate in own},
        passages=tuple(document_passages(document) if document else _clause_passages(clauses.values())),
        text=document.text if document else None,
        path=document.path if document else None,
    )


def document_passages(document: Document) -> Iterator[Passage]:
    """All of the text but white space: the blocks, each with the marker before it."""
    end = 0
    for block in document.blocks:
        kind = "furniture" if block.kind.is_furniture else str(block.kind)
        text = document.text[block.start : block.end]
        yield Passage(kind, block.start, text, document.text[end : block.start].strip(), max(block.level, 1))
        end = block.end
    if rest := document.text[end:].strip():
        yield Passage("furniture", None, rest)


def _clause_passages(clauses: Iterable[Mapping[Node, str]]) -> Iterator[Passage]:
    """The clauses in their order, under their headings and lead-ins. A clause within another (a condition, say) is a part of that one."""
    placed = [(int(c[_START]), -int(c[_END]), c) for c in clauses if c.get(_START, "").isdecimal() and c.get(_END, "").isdecimal()]
    reached = -1
    kept = []
    for start, end, clause in sorted(placed, key=lambda row: row[:2]):
        if -end > reached:
            kept.append((start, clause))
            reached = -end
    for heading, under in groupby(kept, key=lambda row: row[1].get(_HEADING, "")):
        if heading:
            yield Passage("heading", None, heading)
        for lead, led in groupby(under, key=lambda row: row[1].get(_LEAD, "")):
            if lead:
                yield Passage("lead", None, lead)
            for start, clause in led:
                yield Passage("item" if lead else "paragraph", start, clause.get(_QUOTE, ""))
