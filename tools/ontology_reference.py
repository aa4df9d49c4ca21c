"""Writes the reference of the ontology as pages that link to each other: a page a topic, and an index.

    python tools/ontology_reference.py [DIR]

Each term is there with its names, its meaning, its parents and children, its definition in OWL, its forms in each language's lexicon, and
the shapes and queries that use it. The pages hold all forms, some megabytes that change with every word, so they are built
(build/docs/ontology) and not kept; a test shows that they are complete.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.namespaces import compress, expand
from kg.reason import load

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "docs" / "ontology"
ONTOLOGY = "https://w3id.org/policy-kg/ontology"
STRENGTHS = {"skos:hiddenLabel": "strong", "pk:weakLabel": "weak", "pk:notLabel": "excluded", "pk:ambiguousLabel": "ambiguous"}
CURIE = re.compile(r"(?<![\w:/#.-])([a-z][a-z-]*:[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?)(?![\w:-])")

Properties = Mapping[str, list[ox.NamedNode | ox.Literal]]


@dataclass
class Term:
    """A term as its article shows it; lists are of CURIEs."""

    curie: str
    iri: str
    topic: str
    labels: Mapping[str, str]
    others: list[str]
    definitions: Mapping[str, str]
    types: list[str]
    parents: list[str]
    domains: list[str]
    ranges: list[str]
    conditions: str
    children: list[str] = field(default_factory=list)
    forms: Mapping[tuple[str, str], list[str]] = field(default_factory=dict)
    uses: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """The name of its article."""
        return self.curie.replace(":", "-")

    @property
    def href(self) -> str:
        """The link to its article."""
        return f"{self.topic}.html#{self.anchor}"


@dataclass
class Topic:
    """A file of the ontology: its name, what its first comment says of it, and its terms."""

    name: str
    about: str
    terms: list[Term]


def read(path: Path) -> dict[str, dict[str, list[ox.NamedNode | ox.Literal]]]:
    """The subjects of a Turtle file with their properties, by CURIE; blank nodes stay out."""
    graph: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
        if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode):
            graph[compress(quad.subject.value)][compress(quad.predicate.value)].append(quad.object)
    return graph


def texts(properties: Properties, *predicates: str) -> dict[str, str]:
    """The literals by language."""
    found = {v.language or "": v.value for p in predicates for v in properties.get(p, ()) if isinstance(v, ox.Literal)}
    return dict(sorted(found.items()))


def links(properties: Properties, *predicates: str) -> list[str]:
    """The IRIs, as CURIEs in order."""
    return sorted({compress(v.value) for p in predicates for v in properties.get(p, ()) if isinstance(v, ox.NamedNode)})


def topics() -> list[Topic]:
    """The ontology by topic, each term in the first file that gives it a type."""
    known = load(ROOT / "ontology")
    found, terms = [], {}
    for path in sorted([*(ROOT / "ontology").glob("*.ttl"), *(ROOT / "ontology" / "export").glob("*.ttl")]):
        about = re.search(r"(?m)((?:^# .*\n)+)", path.read_text("utf-8"))
        topic = Topic(path.stem, about[1].replace("# ", "").replace("\n", " ").strip() if about else "", [])
        for curie, properties in sorted(read(path).items()):
            if "rdf:type" in properties and curie not in terms and not curie.startswith(ONTOLOGY):
                conditions = " or else ".join(map(str, known.definitions.get(curie, ())))
                terms[curie] = Term(
                    curie,
                    curie if "://" in curie else expand(curie),
                    topic.name,
                    texts(properties, "skos:prefLabel", "rdfs:label"),
                    sorted(v.value for v in properties.get("skos:altLabel", ())),
                    texts(properties, "skos:definition", "rdfs:comment"),
                    links(properties, "rdf:type"),
                    links(properties, "skos:broader", "rdfs:subClassOf", "rdfs:subPropertyOf"),
                    links(properties, "rdfs:domain"),
                    links(properties, "rdfs:range"),
                    conditions,
                    links(properties, "skos:narrower"),
                )
                topic.terms.append(terms[curie])
        found.append(topic)
    _relate(terms)
    return found


def _relate(terms: Mapping[str, Term]) -> None:
    for term in list(terms.values()):
        for above in (terms[parent] for parent in term.parents if parent in terms):
            above.children = sorted({*above.children, term.curie})
        for below in (terms[child] for child in term.children if child in terms):
            below.parents = sorted({*below.parents, term.curie})
    forms: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted((ROOT / "ontology" / "lexicon").glob("*/*.ttl")):
        for curie, properties in read(path).items():
            for predicate, strength in STRENGTHS.items():
                forms[curie][path.parent.name, strength] += [value.value for value in properties.get(predicate, ())]
    uses = _uses()
    for curie, term in terms.items():
        term.forms = {key: sorted(set(values)) for key, values in sorted(forms[curie].items()) if values}
        term.uses = sorted(uses[curie])


def _uses() -> dict[str, set[str]]:
    """The shapes and queries that name each term."""
    uses: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "shapes").rglob("*.ttl")):
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            for node in (quad.subject, quad.predicate, quad.object):
                if isinstance(node, ox.NamedNode):
                    uses[compress(node.value)].add(path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "queries").rglob("*.rq")):
        code = "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.startswith(("#", "PREFIX")))
        for curie in CURIE.findall(code):
            uses[curie].add(path.relative_to(ROOT).as_posix())
    return uses


def pages() -> dict[str, str]:
    """The name of each page and its content; the same files give the same pages."""
    every = topics()
    terms = sorted((term for topic in every for term in topic.terms), key=lambda term: term.curie)
    known = {term.curie: term.href for term in terms}
    header = read(ROOT / "ontology" / "kg.ttl")[ONTOLOGY]
    environment = Environment(
        loader=FileSystemLoader(ROOT / "tools" / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    about = {"title": texts(header, "dct:title")["en"], "version": texts(header, "owl:versionInfo")[""], "iri": ONTOLOGY}
    made = {"index.html": environment.get_template("index.html").render(topics=every, terms=terms, count=len(terms), **about)}
    for topic in every:
        made[f"{topic.name}.html"] = environment.get_template("topic.html").render(topic=topic, known=known)
    return made


def write(target: Path, made: Mapping[str, str]) -> Iterable[Path]:
    """Writes the pages into a folder, which is made where it is missing."""
    target.mkdir(parents=True, exist_ok=True)
    for name, content in made.items():
        (target / name).write_text(content, encoding="utf-8")
        yield target / name


def main() -> int:
    """Writes the pages and says where."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    count = len(list(write(target, pages())))
    print(f"{target / 'index.html'}: {count} pages written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
