"""Loads `ontology/`: the terms with their place in the hierarchy, the requirements, and the lexicon's forms by language."""

from __future__ import annotations

import gc
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox

from kg.errors import ConfigurationError
from kg.forms import Form, Strength
from kg.hierarchy import Hierarchy
from kg.lexicon import Lexicon
from kg.namespaces import compress, expand
from kg.resources import ontology_dir

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "dpv:PersonalData": "data",
        "dpv:Data": "data",
        "dpv:NonPersonalData": "data",
        "dpv:Purpose": "purpose",
        "dpv:Processing": "processing",
        "dpv:Recipient": "recipient",
        "dpv:Organisation": "organisation",
        "dpv:LegalBasis": "basis",
        "dpv:Right": "right",
        "dpv:Location": "place",
        "dpv:Technology": "technology",
        "dpv:TechnicalMeasure": "measure",
        "dpv:OrganisationalMeasure": "measure",
        "dpv:PhysicalMeasure": "measure",
        "dpv:LegalMeasure": "safeguard",
        "dpv:DataSource": "source",
        "dpv:HumanSubject": "subject",
        "dpv:Necessity": "necessity",
        "dpv:Consequence": "consequence",
        "dpv:AutomationLevel": "automation",
        "dpv:DecisionMaking": "decision",
        "dpv:AlgorithmicLogic": "logic",
        "dpv:Impact": "impact",
        "dpv:Law": "law",
        "dpv:Authority": "authority",
        "dpv:Justification": "justification",
        "pk:RetentionCriterion": "criterion",
        "pk:ConditionKind": "condition",
        "pk:OptOutMeans": "optout",
        "pk:Cue": "cue",
        "pk:PeriodUnit": "unit",
        "pk:WordClass": "word",
        "pk:Number": "word",
        "pk:Month": "word",
        "pk:Topic": "topic",
    }
)
"""The kind of a term, by its root type."""

_TYPE, _BROADER, _NARROWER = expand("rdf:type"), expand("skos:broader"), expand("skos:narrower")
_STRENGTHS = {expand("skos:hiddenLabel"): Strength.STRONG, expand("pk:weakLabel"): Strength.WEAK, expand("pk:notLabel"): Strength.NOT}
_MACRO = "pk:macro-"
_INFLECTION = "pk:Inflection"
_ABBREVIATION = "pk:Abbreviation"


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the vocabulary: its kinds (see `ROLES`), the terms one step above, its labels by language, and its rdf:value if any."""

    curie: str
    types: frozenset[str]
    roles: tuple[str, ...]
    broader: tuple[str, ...]
    labels: Mapping[str, str]
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What `kg annotate` calls a finding: `key`, with the predicates that answer it and, where given, the terms that their object lies
    under. A statement that also holds one of `not_beside` does not answer it (the lifetime of cookies is no retention period)."""

    key: str
    predicates: frozenset[str]
    objects: frozenset[str]
    not_beside: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Vocabulary:
    """The ontology and its lexicons. `version` is a digest of all files read: a changed word is another version."""

    terms: Mapping[str, Term]
    requirements: tuple[Requirement, ...]
    forms: Mapping[str, tuple[Form, ...]]
    abbreviations: frozenset[str]
    version: str
    _lexicons: dict[str, Lexicon] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a lexicon."""
        return tuple(sorted(language for language in self.forms if language != "any"))

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """Which terms lie above which."""
        return Hierarchy({curie: term.broader for curie, term in self.terms.items()})

    def ancestors(self, curie: str) -> frozenset[str]:
        """The term itself and every term above it."""
        return self.hierarchy.ancestors(curie)

    def is_a(self, curie: str, *above: str) -> bool:
        """Whether the term is one of `above` or lies below one."""
        return self.hierarchy.is_a(curie, above)

    @cached_property
    def answers(self) -> dict[tuple[str, str | None], tuple[str, tuple[str, ...], tuple[Requirement, ...]]]:
        """Room for what `kg.findings` knows of a predicate and an object: it costs a look at all requirements."""
        return {}

    def asked(self, predicate: str, concept: str | None) -> tuple[Requirement, ...]:
        """The requirements that an assertion with this predicate and object answers, whatever stands beside it."""
        return tuple(
            requirement
            for requirement in self.requirements
            if predicate in requirement.predicates
            and (not requirement.objects or (concept is not None and self.is_a(concept, *requirement.objects)))
        )

    def label(self, curie: str, language: str = "en") -> str:
        """The preferred label, in English where the language has none, the local name where there is none at all."""
        labels: Mapping[str, str] = self.terms[curie].labels if curie in self.terms else {}
        return labels.get(language) or labels.get("en") or labels.get("") or curie.rpartition(":")[2]

    def lexicon(self, language: str, *, topics: bool = False) -> Lexicon:
        """The compiled lexicon of a language with the forms of `any`; compiled once. Topics have a lexicon of their own."""
        key = f"{language} topics" if topics else language
        if key not in self._lexicons:
            forms = (*self.forms.get("any", ()), *self.forms.get(language, ()))
            self._lexicons[key] = Lexicon(form for form in forms if form.role == "" or (form.role == "topic") is topics)
            gc.freeze()  # the tries never die: without this every full collection walks them, a third of the time of an extraction
        return self._lexicons[key]


def load(directory: Path | None = None) -> Vocabulary:
    """Read every Turtle file below `ontology/` (or `directory`).

    Raises:
        ConfigurationError: a file is not Turtle (file, line), or a form breaks the rules of docs/lexicon.md.
    """
    root = directory or ontology_dir()
    digest = hashlib.sha256()
    store: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    lexical: dict[str, list[tuple[str, str, Strength, str]]] = defaultdict(list)
    for path in sorted(root.rglob("*.ttl")):
        content = path.read_bytes()
        digest.update(content)
        place = path.relative_to(root).as_posix()
        language = path.parent.name if place.startswith("lexicon/") else ""
        for subject, predicate, value in _triples(content, place):
            if predicate in _STRENGTHS and isinstance(value, ox.Literal):
                lexical[language].append((compress(subject), value.value, _STRENGTHS[predicate], place))
            else:
                store[subject][predicate].append(value)
    for iri, properties in list(store.items()):
        for below in properties.get(_NARROWER, ()):
            store[below.value][_BROADER].append(ox.NamedNode(iri))
    terms = {compress(iri): _term(compress(iri), properties) for iri, properties in store.items()}
    return Vocabulary(
        terms=MappingProxyType(terms),
        requirements=tuple(sorted(_requirements(store), key=lambda requirement: requirement.key)),
        forms=MappingProxyType({language: tuple(_forms(rows, terms)) for language, rows in sorted(lexical.items())}),
        abbreviations=frozenset(text.lower() for rows in lexical.values() for curie, text, _, _ in rows if curie == _ABBREVIATION),
        version=digest.hexdigest()[:12],
    )


def _triples(content: bytes, place: str) -> Iterator[tuple[str, str, ox.NamedNode | ox.Literal]]:
    try:
        for quad in ox.parse(content, format=ox.RdfFormat.TURTLE):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, (ox.NamedNode, ox.Literal)):
                yield quad.subject.value, quad.predicate.value, quad.object
    except SyntaxError as error:
        raise ConfigurationError(place, f"line {error.lineno}", error.msg) from error


def _term(curie: str, properties: Mapping[str, list[ox.NamedNode | ox.Literal]]) -> Term:
    types = frozenset(compress(value.value) for value in properties.get(_TYPE, ()))
    roles = {ROLES[name] for name in types if name in ROLES}
    if "processing" in roles and len(roles) > 1:
        roles.discard("measure")
    above = (*properties.get(_BROADER, ()), *properties.get(expand("rdfs:subClassOf"), ()))
    labels = {value.language or "": value.value for value in properties.get(expand("skos:prefLabel"), ()) if isinstance(value, ox.Literal)}
    values = properties.get(expand("rdf:value"), ())
    return Term(
        curie,
        types,
        tuple(sorted(roles)),
        tuple(sorted({compress(value.value) for value in above})),
        MappingProxyType(labels),
        values[0].value if values else None,
    )


def _forms(rows: list[tuple[str, str, Strength, str]], terms: Mapping[str, Term]) -> Iterator[Form]:
    macros: dict[str, str] = {}
    for curie, text, _, _ in rows:
        if curie.startswith(_MACRO):
            name = curie.removeprefix(_MACRO)
            macros[name] = f"{macros[name]}|{text}" if name in macros else text
    suffixes = tuple(sorted(text for curie, text, _, _ in rows if curie == _INFLECTION))
    for curie, text, strength, place in sorted(rows, key=lambda row: (row[0], row[1], row[2])):
        if curie.startswith(_MACRO) or curie in (_INFLECTION, _ABBREVIATION):
            continue
        roles = terms[curie].roles if curie in terms else ()
        if curie == "pk:Nothing":
            roles = ("",)
        if not roles:
            raise ConfigurationError(place, curie, "has lexical forms but no root type in ontology/ from which its kind would follow")
        for role in roles:
            yield Form(curie, role, text, strength, macros, suffixes, place)


def _requirements(store: Mapping[str, Mapping[str, list[ox.NamedNode | ox.Literal]]]) -> Iterator[Requirement]:
    for properties in store.values():
        if any(value.value == expand("pk:Requirement") for value in properties.get(_TYPE, ())):
            for key in properties.get(expand("pk:key"), ()):
                yield Requirement(
                    key.value,
                    frozenset(compress(value.value) for value in properties.get(expand("pk:forPredicate"), ())),
                    frozenset(compress(value.value) for value in properties.get(expand("pk:forObject"), ())),
                    frozenset(compress(value.value) for value in properties.get(expand("pk:notBeside"), ())),
                )
