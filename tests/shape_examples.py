"""The example graphs in `shapes/`: what each must give, and what a set of shapes gives instead. The tests and `make mutate` ask alike."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from kg.namespaces import expand
from kg.validate import Background, Engine, Regime, Requirement, Result, Version, background, judge, versions

FOLDER = Path(__file__).parent / "shapes"
STATUSES = {name: URIRef(expand(f"pk:{name}When")) for name in ("stated", "partial", "denied", "applicable", "deferred")}
Triple = tuple[Node, Node, Node]
VERSION = "https://w3id.org/policy-kg/data/policy/aurora-bikes-oy/privacy-notice/v.0a1b2c3d4e5f"


@dataclass(frozen=True)
class Example:
    """A graph whose folder is the requirement that it is about, and whose name says its one fault, or why it has none."""

    path: Path

    @property
    def requirement(self) -> str:
        """The id of the requirement."""
        return self.path.parent.name

    @property
    def name(self) -> str:
        """Folder and file."""
        return f"{self.requirement}/{self.path.stem}"

    @cached_property
    def expected(self) -> dict[str, str]:
        """What the head of the file says must come out: status, severity, message, focus, quote."""
        return dict(re.findall(r"^# (\w+): (.*)$", self.path.read_text(encoding="utf-8"), re.M))

    @cached_property
    def version(self) -> Version:
        """The policy version that the graph is about."""
        dataset = Dataset(default_union=True)
        dataset.parse(self.path, format="turtle")
        return next(version for version in versions(dataset) if str(version.iri) == VERSION)

    def faults(self, results: Iterable[Result], report: Graph, owners: Mapping[Node, str]) -> Iterator[str]:
        """Where what was found of the requirement is not what must come out."""
        result = next(result for result in results if result.requirement == self.requirement)
        for key, value in {"status": str(result.status), "severity": result.severity or "none"}.items():
            if self.expected.get(key, "none") != value:
                yield f"{key} is {value}, not {self.expected.get(key, 'none')}"
        yield from self._wrong_results(report, owners, result)
        quote = self.expected.get("quote")
        if quote and quote not in [clause.quote for clause in result.clauses]:
            yield f"the clause {quote!r} is not shown"

    def _wrong_results(self, report: Graph, owners: Mapping[Node, str], result: Result) -> Iterator[str]:
        """Of a graph that passes, no SHACL result; of one that fails, exactly one, with the message, focus node and severity."""
        own = [
            node for node in report.objects(None, SH.result) if owners.get(report.value(node, SH.sourceShape) or node) == self.requirement
        ]
        message = self.expected.get("message")
        if message is None:
            if own:
                yield f"{len(own)} results where there must be none"
            return
        saying = [node for node in own if any(message in str(text) for text in report.objects(node, SH.resultMessage))]
        if len(own) > len(saying):
            yield f"{len(own)} results, {len(saying)} of them with the message"
        focus = self.expected.get("focus", VERSION).replace("v:", VERSION + "/")
        if [str(report.value(node, SH.focusNode)) for node in saying] != [focus]:
            yield f"the results with the message are on {[str(report.value(node, SH.focusNode)) for node in saying]}, not on {focus}"
        for node in saying:
            if report.value(node, SH.resultSeverity) != SH[self.expected["severity"]]:
                yield f"the result's severity is {report.value(node, SH.resultSeverity)}"
            if _languages(report, node) != {"en", "fi"}:
                yield f"the message is in {_languages(report, node)}"
        if message not in result.message("en") or result.message("fi") == result.message("en"):
            yield "the message is not shown in both languages"


@dataclass(frozen=True)
class Trial:
    """Judges examples, each by no more of the shapes than its requirement leads to: a graph of shapes is dear to take in."""

    rules: Regime

    @cached_property
    def _data(self) -> Background:
        return Background(background(Dataset(default_union=True)))

    @cached_property
    def parts(self) -> dict[str, frozenset[Node]]:
        """The nodes of the shapes graph that each requirement's shapes lead to."""
        shapes: dict[str, set[Node]] = {}
        for shape, requirement in self.rules.owners.items():
            shapes.setdefault(requirement, set()).update(_reached(self.rules.shapes, shape))
        return {requirement: frozenset(nodes) for requirement, nodes in shapes.items()}

    def faults(self, example: Example, gone: Collection[Triple] = (), added: Collection[Triple] = ()) -> list[str]:
        """What is wrong with an example, under the shapes as they are or without some triples and with others."""
        shapes = Graph()
        for node in self.parts[example.requirement]:
            for triple in self.rules.shapes.triples((node, None, None)):
                if triple not in gone:
                    shapes.add(triple)
        for triple in added:
            shapes.add(triple)
        asked = tuple(_declared(r, shapes) for r in self.rules.requirements if r.id == example.requirement)
        engine = Engine(shapes, self._data)
        with engine.holding(example.version.triples):
            results, report = judge(engine, replace(self.rules, requirements=asked, shapes=shapes), example.version)
        return list(example.faults(results, report, self.rules.owners))


def _reached(shapes: Graph, start: Node) -> set[Node]:
    seen: set[Node] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting.extend(o for o in shapes.objects(node) if not isinstance(o, Literal))
    return seen


def _declared(requirement: Requirement, shapes: Graph) -> Requirement:
    """The requirement with the patterns that the shapes still declare."""
    kept = {name: shapes.value(requirement.shape, status) for name, status in STATUSES.items()}
    return replace(requirement, **kept)  # type: ignore[arg-type]


def _languages(report: Graph, node: Node) -> set[str | None]:
    return {text.language for text in report.objects(node, SH.resultMessage) if isinstance(text, Literal)}


EXAMPLES = tuple(Example(path) for path in sorted(FOLDER.glob("*/*.ttl")))
