"""N-Quads by subject, read fast: lines as `kg build` and Oxigraph write them are taken apart here, all else by Oxigraph's parser.

To make an object of pyoxigraph for each term costs more than all the rest of an export (benchmarks/export.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from kg.errors import InputError
from kg.namespaces import compress, expand

Subject: TypeAlias = tuple[str, str, list[tuple[str, str]]]
"""A graph, a subject, and its predicates and objects, told as `kg.export.source` says."""

_BLOCK = 1 << 20  # bytes
_REMEMBERED = 1 << 14
_IRI = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*)>")
# Surrogates and code points beyond four digits are left to the parser.
_TEXT = re.compile(r"(?:[^\"\\\n\r]|\\(?:[tbnrf\"'\\]|u(?:[0-9A-CEFa-cef][0-9A-Fa-f]|[Dd][0-7])[0-9A-Fa-f]{2}))*")
_LANGUAGE = re.compile(r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))")
_MEANT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


class Curies(dict[str, str]):
    """CURIEs of IRIs that come often: predicates, datatypes, terms."""

    def __missing__(self, iri: str) -> str:
        short = compress(iri)
        if len(self) < _REMEMBERED:
            self[iri] = short
        return short


class _Iris(dict[str, str]):
    """IRIs by what stands on a line, angle brackets and all."""

    def __missing__(self, written: str) -> str:
        match = _IRI.fullmatch(written)
        if match is None:
            raise ValueError(written)
        if len(self) >= _REMEMBERED:
            self.clear()  # those of the policies before
        self[written] = match[1]
        return match[1]


class _Predicates(dict[str, str]):
    """The same for predicates, as CURIEs."""

    def __missing__(self, written: str) -> str:
        short = _CURIES[_IRIS[written]]
        if len(self) < _REMEMBERED:
            self[written] = short
        return short


class _Tags(dict[str, str]):
    """The tags of literals by what follows the text."""

    def __missing__(self, written: str) -> str:
        if written.startswith("^^"):
            tag = _CURIES[_IRIS[written[2:]]]
        elif _LANGUAGE.fullmatch(written):
            tag = written.lower()
        else:
            raise ValueError(written)
        if len(self) < _REMEMBERED:
            self[written] = tag
        return tag


_CURIES, _IRIS, _PREDICATES, _TAGS = Curies({expand("xsd:string"): ""}), _Iris(), _Predicates(), _Tags({"": ""})


def subjects(path: Path) -> Iterator[Subject]:
    """The subjects of a file of N-Quads, each with what stands together. Quads with blank nodes are left out.

    Raises:
        InputError: the file is missing or malformed.
    """
    last: Subject | None = None
    before = 0
    for block in _blocks(path):
        try:
            found = list(_taken(block))
        except (ValueError, IndexError):
            found = list(_parsed(path, block, before))
        before += block.count("\n")
        for one in found:
            if last and one[1] == last[1] and one[0] == last[0]:
                last[2].extend(one[2])
                continue
            if last:
                yield last
            last = one
    if last:
        yield last


def subjects_of(quads: Iterable[Quad]) -> Iterator[Subject]:
    """The same of quads that a parser or a store gives."""
    subject = graph = ""
    pairs: list[tuple[str, str]] = []
    for quad in quads:
        of = quad.object
        if not isinstance(quad.subject, NamedNode) or not isinstance(of, NamedNode | Literal):
            continue
        name = quad.graph_name.value if isinstance(quad.graph_name, NamedNode) else ""
        if quad.subject.value != subject or name != graph:
            if pairs:
                yield graph, subject, pairs
            subject, graph, pairs = quad.subject.value, name, []
        value = of.value
        if isinstance(of, Literal):
            tag = f"@{of.language}" if of.language else _CURIES[of.datatype.value]
            value = f'"{tag}"{value}'
        pairs.append((_CURIES[quad.predicate.value], value))
    if pairs:
        yield graph, subject, pairs


def _taken(block: str) -> Iterator[Subject]:
    """Raises ValueError or IndexError where a line is not as expected."""
    own = graph = ending = ""
    cut = 0
    pairs: list[tuple[str, str]] = []
    iris, predicates = _IRIS, _PREDICATES
    for line in block.split("\n"):
        if not line:
            continue
        subject, predicate, rest = line.split(" ", 2)
        if subject != own or not cut or not rest.endswith(ending):
            if pairs:
                yield graph, iris[own], pairs
            if rest[-3:] != "> .":
                raise ValueError(line)
            name = rest[:-2].rpartition(" ")[2]
            own, graph, ending, pairs = subject, iris[name], f" {name} .", []
            cut = -len(ending)
        of = rest[:cut]
        pairs.append((predicates[predicate], iris[of] if of[0] == "<" else _literal(of)))
    if pairs:
        yield graph, iris[own], pairs


def _literal(written: str) -> str:
    text, quote, tail = written[1:].rpartition('"')
    if written[0] != '"' or not quote:
        raise ValueError(written)
    if "\\" in text or '"' in text:
        if not _TEXT.fullmatch(text):
            raise ValueError(written)
        text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)) if escape[1] else _MEANT[escape[2]], text)
    return f'"{_TAGS[tail]}"{text}'


def _blocks(path: Path) -> Iterator[str]:
    """The text of a file in blocks that end with a line."""
    try:
        with path.open("rb") as stream:
            rest = b""
            while block := stream.read(_BLOCK):
                whole, newline, end = block.rpartition(b"\n")
                if newline:
                    yield (rest + whole + newline).decode("utf-8")
                    rest = end
                else:
                    rest += block
            if rest:
                yield rest.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(str(path), "is not UTF-8") from error
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error)) from error


def _parsed(path: Path, block: str, before: int) -> Iterator[Subject]:
    try:
        yield from subjects_of(parse(block, format=RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise InputError(str(path), f"line {before + (error.lineno or 1)}: {error.msg}") from error
