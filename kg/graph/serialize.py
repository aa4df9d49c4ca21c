"""Named graphs as TriG and N-Quads, a graph at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import BinaryIO, Protocol

from kg.graph.terms import Triple, iri
from kg.namespaces import DATA, PREFIXES

_TYPE = f"<{PREFIXES['rdf']}type>"
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")
_OURS = {"run": DATA + "run/", "agent": DATA + "agent/", "graph": DATA + "graph/"}
_DECIMAL = re.compile(rf'"([0-9]+\.[0-9]+)"\^\^<{re.escape(PREFIXES["xsd"])}decimal>')


class Put(Protocol):
    """Writes one graph: its IRI, its sorted triples, and the policy version it belongs to."""

    def __call__(self, graph: str, triples: Sequence[Triple], version: str | None) -> None: ...


def lines(graph: str, triples: Iterable[Triple]) -> bytes:
    """The triples of a graph as lines of N-Quads."""
    name = iri(graph)
    return "".join([f"{s} {p} {o} {name} .\n" for s, p, o in triples]).encode()


def nquads(stream: BinaryIO) -> Put:
    """A writer of N-Quads."""

    def put(graph: str, triples: Sequence[Triple], version: str | None) -> None:  # noqa: ARG001
        stream.write(lines(graph, triples))

    return put


def trig(stream: BinaryIO) -> Put:
    """A writer of TriG that groups by subject. `v:` and `series:` are bound anew before the graphs of each version."""
    fixed = {**PREFIXES, **_OURS}
    stream.write("".join(_prefix(name, fixed[name]) for name in sorted(fixed)).encode())
    shared = _Names(fixed)
    current: str | None = None
    names = shared

    def put(graph: str, triples: Sequence[Triple], version: str | None) -> None:
        nonlocal current, names
        written = []
        if version is None:
            names = shared
        elif version != current:
            series = version.rpartition("/")[0] + "/"
            names = _Names({"v": version + "/", "series": series}, shared)
            written += ["\n", _prefix("series", series), _prefix("v", version + "/")]
        current = version
        written.append(f"\n{names(iri(graph))} {{\n")
        written.append("\n".join(_subject(names, s, list(group)) for s, group in groupby(triples, key=lambda t: t.subject)))
        written.append("}\n")
        stream.write("".join(written).encode())

    return put


WRITERS: MappingProxyType[str, Callable[[BinaryIO], Put]] = MappingProxyType({"trig": trig, "nquads": nquads})


class _Names:
    """Terms as TriG writes them: a prefix where the rest is a plain local name. Remembers what it has seen."""

    def __init__(self, prefixes: dict[str, str], shared: _Names | None = None) -> None:
        self._prefixes = {namespace: name for name, namespace in prefixes.items()}
        self._shared = shared
        self._seen: dict[str, str] = {}

    def __call__(self, term: str) -> str:
        known = self._seen.get(term)
        if known is None:
            known = self._shorten(term)
            if self._shared or "#" in term:  # of what outlives a document, only the vocabulary: it is bounded
                self._seen[term] = known
        return known

    def _shorten(self, term: str) -> str:
        if term.startswith("<"):
            return self._prefixed(term[1:-1]) or (self._shared(term) if self._shared else term)
        if match := _DECIMAL.fullmatch(term):
            return match[1]
        head, mark, datatype = term.rpartition('"^^')
        return f'{head}"^^{self(datatype)}' if mark and datatype.startswith("<") and datatype.endswith(">") else term

    def _prefixed(self, value: str) -> str | None:
        # The namespace ends at the last separator: all ours and all that we use do.
        cut = max(value.rfind("/"), value.rfind("#")) + 1
        name = self._prefixes.get(value[:cut])
        return f"{name}:{value[cut:]}" if name and _LOCAL.match(value, cut) else None


def _subject(names: _Names, subject: str, triples: list[Triple]) -> str:
    triples.sort(key=lambda triple: triple.predicate != _TYPE)
    pairs = []
    for predicate, group in groupby(triples, key=lambda triple: triple.predicate):
        verb = "a" if predicate == _TYPE else names(predicate)
        pairs.append(f"{verb} " + ",\n            ".join(names(triple.object) for triple in group))
    return f"    {names(subject)} " + " ;\n        ".join(pairs) + " .\n"


def _prefix(name: str, namespace: str) -> str:
    return f"@prefix {name}: <{namespace}> .\n"
