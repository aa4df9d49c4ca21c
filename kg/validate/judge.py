"""From SHACL results and declared patterns to statuses with their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH
from rdflib.term import Literal, Node

from kg.model import Evidence
from kg.namespaces import expand
from kg.validate.engine import Engine
from kg.validate.report import Message, Result, Status
from kg.validate.requirements import TODAY, Regime, Requirement
from kg.validate.source import Version

_EVIDENCE = URIRef(expand("pk:evidence"))
_EXCERPT = URIRef(expand("pk:ExcerptVersion"))
_CONTROLLER = URIRef(expand("dpv:hasDataController"))
_START, _END, _QUOTE, _CLAUSE = (URIRef(expand(name)) for name in ("pk:startOffset", "pk:endOffset", "pk:quote", "pk:Clause"))
_ORDER = ("Violation", "Warning", "Info")


def judge(engine: Engine, regime: Regime, version: Version) -> tuple[tuple[Result, ...], Graph]:
    """The results of the version that `engine` holds, one for each requirement, and the SHACL report they rest on."""
    report = engine.report()
    faults: dict[str, list[Node]] = {}
    for result in report.objects(None, SH.result):
        owner = regime.owners.get(report.value(result, SH.sourceShape) or result)
        if owner:
            faults.setdefault(owner, []).append(result)
    results = (_result(engine, version, requirement, report, faults.get(requirement.id, ())) for requirement in regime.requirements)
    return tuple(results), report


def _result(engine: Engine, version: Version, asked: Requirement, report: Graph, faults: Sequence[Node]) -> Result:
    if asked.stated is None:
        status, pattern = (Status.ABSENT, None) if faults else (Status.STATED, None)
    elif (version.iri, RDF.type, _EXCERPT) in engine.data:
        status, pattern = Status.UNKNOWN, None
    else:
        status, pattern = _status(engine, version.iri, asked)
    focus = tuple(sorted({str(report.value(fault, SH.focusNode)) for fault in faults}))
    severities = {str(report.value(fault, SH.resultSeverity)).removeprefix(str(SH)) for fault in faults}
    nodes: set[Node] = set(_witnesses(engine, pattern, version.iri)) if pattern else set()
    if asked.stated is None:
        nodes.update(URIRef(iri) for iri in focus)
    return Result(
        version=str(version.iri),
        document=version.document,
        title=version.title,
        requirement=asked.id,
        names=dict(asked.names),
        source=asked.source,
        status=status,
        severity=next((severity for severity in _ORDER if severity in severities), None),
        messages=tuple(sorted(set(_messages(report, faults)))),
        focus=focus,
        clauses=tuple(_clauses(engine.data, nodes)),
        anachronism=not asked.law.holds(version.day or TODAY),
        regime=asked.regime,
        day=version.day,
    )


def _messages(report: Graph, faults: Sequence[Node]) -> Iterator[Message]:
    for fault in faults:
        for text in report.objects(fault, SH.resultMessage):
            yield Message(str(text), (text.language if isinstance(text, Literal) else None) or "")


def _status(engine: Engine, node: URIRef, asked: Requirement) -> tuple[Status, URIRef | None]:
    answers = ((Status.STATED, asked.stated), (Status.PARTIAL, asked.partial), (Status.DENIED, asked.denied))
    for status, pattern in answers:
        if pattern and engine.conforms(pattern, node):
            return status, pattern
    if asked.applicable and not engine.conforms(asked.applicable, node):
        return Status.NOT_APPLICABLE, None
    if asked.deferred and engine.conforms(asked.deferred, node):
        return Status.DEFERRED, asked.deferred
    return Status.ABSENT, asked.applicable


def _witnesses(engine: Engine, pattern: Node, node: Node) -> Iterator[Node]:
    """What makes `node` conform to `pattern`: the statements that a qualified shape counts, and the assertions on the version itself."""
    shapes = engine.shapes
    for nested in shapes.objects(pattern, SH.property):
        counted = shapes.value(nested, SH.qualifiedValueShape)
        if counted is None:
            yield from _assertions(engine.data, node, _predicates(shapes, shapes.value(nested, SH.path)))
        else:
            yield from (value for value in engine.values(nested, node) if engine.conforms(counted, value))
    for logical in (SH["or"], SH["and"], SH.xone):
        for members in shapes.objects(pattern, logical):
            for member in Collection(shapes, members):
                if engine.conforms(member, node):
                    yield from _witnesses(engine, member, node)
    for other in shapes.objects(pattern, SH.node):
        yield from _witnesses(engine, other, node)


def _predicates(shapes: Graph, path: Node | None) -> set[Node]:
    if isinstance(path, URIRef):
        return {path}
    parts = [o for p, o in shapes.predicate_objects(path) if o != RDF.nil] if path else []
    return set().union(*(_predicates(shapes, part) for part in parts)) if parts else set()


def _assertions(data: Graph, version: Node, predicates: set[Node]) -> Iterator[Node]:
    # A path to a controller's contact is evidenced by who asserts the contact, not by who names the controller.
    last = predicates - {_CONTROLLER} or predicates
    for subject in (version, *data.objects(version, _CONTROLLER)):
        for assertion in data.subjects(RDF.subject, subject):
            if data.value(assertion, RDF.predicate) in last:
                yield assertion


def _clauses(data: Graph, nodes: set[Node]) -> Iterator[Evidence]:
    found: set[Evidence] = set()
    for node in nodes:
        cited = list(data.objects(node, _EVIDENCE))
        if not cited and (node, RDF.type, _CLAUSE) in data:
            cited = [node]
        elif not cited and (span := _span(data, node)):
            cited = _around(data, *span)[:1]
        for clause in cited:
            start, end = _span(data, clause) or (0, 0)
            found.add(Evidence(str(clause), str(data.value(clause, _QUOTE) or ""), start, end))
    yield from sorted(found, key=lambda evidence: (evidence.start, evidence.end, evidence.clause))


def _around(data: Graph, start: int, end: int) -> list[Node]:
    """The clauses that hold the span, the shortest first."""
    spans = [(span, clause) for clause in data.subjects(RDF.type, _CLAUSE) if (span := _span(data, clause))]
    holding = [(last - first, first, clause) for (first, last), clause in spans if first <= start and end <= last]
    return [clause for _, _, clause in sorted(holding, key=lambda row: row[:2])]


def _span(data: Graph, node: Node) -> tuple[int, int] | None:
    # A malformed offset is for the shapes to report; here it is as good as none.
    start, end = (value.value if isinstance(value, Literal) else None for value in (data.value(node, _START), data.value(node, _END)))
    return (start, end) if isinstance(start, int) and isinstance(end, int) else None
