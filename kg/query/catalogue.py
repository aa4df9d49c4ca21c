"""The catalogue: each file of `queries/` is a question, whose header says what it asks, why, how to read the answer, and its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox

from kg.errors import ConfigurationError
from kg.namespaces import PREFIXES, compress, expand
from kg.query.errors import ParameterError, UnknownQuestionError
from kg.resources import queries_dir

_XSD = PREFIXES["xsd"]
_FORMS = {
    "string": re.compile(r".*", re.DOTALL),
    "integer": re.compile(r"[+-]?\d+"),
    "decimal": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    "date": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
    "boolean": re.compile(r"true|false"),
}
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]+")
_HEADER = re.compile(r"#\s*(?:(question|review|also) \((\w+)\)|(why|read)):\s*(.+)")
_PARAMETER = re.compile(r"#\s*param (\w+):\s*(\w+)(?:\s*=\s*(\S+))?(?:\s+of\s+([^—]+?))?\s*—\s*(.+)")
_BEGINNING = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:PREFIX|BASE|SELECT|ASK|CONSTRUCT|DESCRIBE|INSERT|DELETE|LOAD|CLEAR|DROP|WITH)\b", re.I)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable of a question that the asker may bind. `type` is ``iri`` or the name of a datatype of XML Schema, such as ``decimal``.

    Where there are `choices`, no other value makes sense.
    """

    name: str
    type: str
    default: str | None
    meaning: str
    choices: tuple[str, ...] = ()

    def bind(self, question: str, value: str) -> ox.NamedNode | ox.Literal:
        """The value as an RDF term. An IRI may be given as a CURIE (``org:acme-oy``), or bare where the default tells the prefix (``EEA``).

        Raises:
            ParameterError: the value is not of the parameter's type.
        """
        if self.type == "iri":
            if self.default is not None and ":" not in value:
                value = f"{self.default.partition(':')[0]}:{value}"
            prefix, _, local = value.partition(":")
            if prefix in PREFIXES and not local.startswith("//"):
                value = expand(value)
            if not _IRI.fullmatch(value):
                known = ", ".join(PREFIXES)
                raise ParameterError(question, self.name, f"{value!r} is not an IRI, nor a CURIE with one of the prefixes {known}")
            if self.choices and value not in map(expand, self.choices):
                raise ParameterError(question, self.name, f"{compress(value)} is none of {', '.join(self.choices)}")
            return ox.NamedNode(value)
        if not _FORMS[self.type].fullmatch(value):
            raise ParameterError(question, self.name, f"{value!r} is not of type {self.type}")
        return ox.Literal(value, datatype=ox.NamedNode(_XSD + self.type))


@dataclass(frozen=True, slots=True)
class Question:
    """A query with what its header says. `questions` are by language; `also` are other ways to ask it.

    `review` is by language too, where there is any: what a row is to tell a reviewer, to whom `kg validate` shows each row as a candidate.
    """

    name: str
    questions: Mapping[str, str]
    why: str
    read: str
    parameters: tuple[Parameter, ...]
    text: str = field(repr=False)
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    review: Mapping[str, str] = field(default_factory=dict)

    @property
    def question(self) -> str:
        """The question in English, or else in whatever language there is."""
        return self.questions.get("en") or next(iter(self.questions.values()), "")

    def bind(self, given: Mapping[str, str]) -> dict[str, ox.NamedNode | ox.Literal]:
        """The values of all parameters that are given or have a default, as RDF terms by variable.

        Raises:
            ParameterError: the question has no such parameter, or the value is not of its type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                has = f"it has {', '.join(known)}" if known else "it has none; a query declares them as '# param name: type — meaning'"
                raise ParameterError(self.name, name, f"the question does not have it: {has}")
        values = {parameter.name: parameter.default for parameter in self.parameters if parameter.default is not None} | dict(given)
        return {name: known[name].bind(self.name, value) for name, value in values.items()}


@cache
def catalogue() -> tuple[Question, ...]:
    """All questions of `queries/`, by name.

    Raises:
        ConfigurationError: a header is malformed, or says nothing of what must be said.
    """
    return tuple(_catalogued(path) for path in sorted(queries_dir().glob("*.rq")))


def question(query: str) -> Question:
    """What `query` means: the name of a question, the path of an ``.rq`` file, or SPARQL.

    Raises:
        UnknownQuestionError: it is none of these.
    """
    if _BEGINNING.match(query):
        return _parsed("query", query)
    for known in catalogue():
        if known.name == query:
            return known
    path = Path(query)
    if path.suffix == ".rq" and path.is_file():
        return _parsed(query, path.read_text(encoding="utf-8"))
    if re.search(r"[\s{]", query):
        return _parsed("query", query)
    raise UnknownQuestionError(query, (known.name for known in catalogue()))


def _catalogued(path: Path) -> Question:
    found = _parsed(path.stem, path.read_text(encoding="utf-8"))
    said = {"question (en)": found.questions.get("en"), "question (fi)": found.questions.get("fi"), "why": found.why, "read": found.read}
    for what, text in said.items():
        if not text:
            raise ConfigurationError(str(path), "the header", f"must have a line '# {what}: …'")
    return found


def _parsed(name: str, text: str) -> Question:
    questions: dict[str, str] = {}
    also: dict[str, tuple[str, ...]] = {}
    review: dict[str, str] = {}
    said = {"why": "", "read": ""}
    parameters = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# param"):
            parameters.append(_parameter(name, number, line))
        elif header := _HEADER.fullmatch(line.rstrip()):
            asking, language, key, value = header.groups()
            if asking == "question":
                questions[language] = value
            elif asking == "review":
                review[language] = value
            elif asking == "also":
                also[language] = tuple(way.strip() for way in value.split("|"))
            else:
                said[key] = value
    return Question(
        name,
        MappingProxyType(questions),
        said["why"],
        said["read"],
        tuple(parameters),
        text,
        MappingProxyType(also),
        MappingProxyType(review),
    )


def _parameter(name: str, number: int, line: str) -> Parameter:
    match = _PARAMETER.fullmatch(line.rstrip())
    if not match or match[2] not in ("iri", *_FORMS):
        types = ", ".join(("iri", *_FORMS))
        raise ConfigurationError(
            name, f"line {number}", f"a parameter is '# param name: type = default of choices — meaning', with a type of {types}"
        )
    parameter = Parameter(match[1], match[2], match[3], match[5], tuple((match[4] or "").split()))
    if parameter.default is not None:
        parameter.bind(name, parameter.default)
    return parameter
