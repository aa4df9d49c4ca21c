"""The only place where IRIs are made. Every local name is legal Turtle without escapes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from kg.model import Document
from kg.namespaces import DATA, expand

CATALOG = DATA + "graph/catalog"
ORGANISATIONS = DATA + "graph/organisations"
VOCABULARY = DATA + "graph/vocabulary"
POLICIES = DATA + "policy/"
"""What the IRIs of all policies, of their versions and of the graphs of these begin with."""

_LONGEST_SLUG = 80
# Letters that do not decompose into an ASCII letter and a mark, and signs that tell names apart.
_SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "&": " and ", "+": " plus "}
)
_APOSTROPHES = re.compile(r"['’`´]")


def slug(name: str) -> str:
    """`name` in lower-case ASCII letters, digits and single hyphens.

    A name that loses letters on the way (Cyrillic, Chinese, …) or is very long ends in a digest of itself, so that no two names fall
    together by the loss.

    >>> slug("Würth Oy Ab"), slug("Smith & Sons")
    ('wurth-oy-ab', 'smith-and-sons')
    """
    spelled = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name.lower()).translate(_SPELLED))
    letters = [c for c in spelled if not unicodedata.combining(c)]
    plain = re.sub(r"[^a-z0-9]+", "-", "".join(letters)).strip("-")
    lost = any(c.isalnum() and not c.isascii() for c in letters)
    if plain and not lost and len(plain) <= _LONGEST_SLUG:
        return plain
    return "-".join(filter(None, (plain[:_LONGEST_SLUG].strip("-"), "x" + _digest(name)[:8])))


def organisation(name: str) -> str:
    """The organisation that a slug or a name stands for."""
    return DATA + "org/" + slug(name)


def series(org_slug: str, doc_slug: str) -> str:
    """What all versions of one document of one organisation have in common."""
    return f"{POLICIES}{org_slug}/{doc_slug}"


def version(series: str, sha256: str) -> str:
    """A text of a series; `sha256` is the hexadecimal digest of the canonical text."""
    return f"{series}/v.{sha256[:12]}"


def document_slug(document: Document) -> str:
    """The last part of the series: the series that is known for the document, else its title, else its file name."""
    return slug(document.metadata.series or document.metadata.title or Path(document.path).stem)


def version_of(document: Document, controller: str) -> str:
    """The version that `document` is, for a `controller` such as ``org:acme-oy``."""
    return version(series(expand(controller).removeprefix(DATA + "org/"), document_slug(document)), document.sha256)


def clause(version: str, start: int, end: int) -> str:
    """A span of the version's text that serves as evidence."""
    return f"{version}/c.{start}-{end}"


def statement(version: str, start: int, topic: str, n: int = 1) -> str:
    """A statement by place and topic, not by content; the `n`-th of the same place and topic."""
    return _numbered(f"{version}/s.{start}.{_local(topic)}", n)


def condition(version: str, start: int, n: int = 1) -> str:
    """A condition by place; the `n`-th that starts there."""
    return _numbered(f"{version}/k.{start}", n)


def duration(version: str, name: str) -> str:
    """A storage duration under its name, which is unique in the document."""
    return f"{version}/d.{slug(name)}"


def defined_term(version: str, surface: str, n: int = 1) -> str:
    """A term that the text defines; the `n`-th whose surface has the same slug."""
    return _numbered(f"{version}/t.{slug(surface)}", n)


def assertion(version: str, subject: str, predicate: str, object_: str, start: int, end: int) -> str:
    """One claimed triple with its span; the terms are given as in N-Triples."""
    return f"{version}/a.{_digest(f'{subject} {predicate} {object_} {start}-{end}')[:12]}"


def edge(version: str, subject: str, predicate: str, object_: str) -> str:
    """A triple of a version as an edge of a property graph, where no assertion has an IRI to lend it."""
    return f"{version}/e.{_digest(f'{subject} {predicate} {object_}')[:12]}"


def shared_edge(subject: str, predicate: str, object_: str) -> str:
    """The same for a triple that belongs to no version."""
    return f"{DATA}edge/{_digest(f'{subject} {predicate} {object_}')[:16]}"


def value(version: str, literal: str) -> str:
    """A literal of a version as a node of a property graph."""
    return f"{version}/x.{_digest(literal)[:12]}"


def facts_graph(version: str) -> str:
    """The graph of what the version says."""
    return version + "/facts"


def evidence_graph(version: str) -> str:
    """The graph of where the version says it."""
    return version + "/evidence"


def inferred_graph(version: str) -> str:
    """The graph of what follows from what the version says."""
    return version + "/inferred"


def inference(version: str, subject: str, kind: str) -> str:
    """One type that follows for a subject; both are given as in N-Triples."""
    return f"{version}/i.{_digest(f'{subject} {kind}')[:12]}"


def stand_in(term: str) -> str:
    """Some thing of the kind that a term, given as a CURIE, stands for: a reasoner keeps classes and individuals apart."""
    return f"{DATA}some/{_local(term)}"


def in_one_graph(graph: str) -> bool:
    """Whether the triples of a graph can stand among all others: those of the catalog and of the evidence speak of graphs."""
    return graph != CATALOG and not graph.endswith("/evidence")


def run(version: str, extractor: str, vocabulary: str) -> str:
    """The extraction of a version by a version of the extractor and one of the vocabulary: the same three, the same run."""
    return f"{DATA}run/{_digest(f'{version} {extractor} {vocabulary}')[:12]}"


def agent(extractor: str) -> str:
    """The extractor, as software of a version."""
    return f"{DATA}agent/kg-{_local(extractor)}"


def vocabulary_entity(vocabulary: str) -> str:
    """The vocabulary in a version."""
    return f"{DATA}vocabulary/{_local(vocabulary)}"


def _numbered(iri: str, n: int) -> str:
    return iri if n == 1 else f"{iri}.{n}"


def _local(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip(".-") or "x"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
