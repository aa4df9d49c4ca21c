"""The triples of one extraction: what the policy version says (facts), and where it says it (evidence)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator
from itertools import accumulate, count
from pathlib import Path

from kg import iris
from kg.graph.terms import Triple, address, curie, decimal, iri, literal, offset, typed, value
from kg.model import Assertion, Clause, Condition, DefinedTerm, Extraction, Statement, StatementKind, StorageDuration, Value

_A = curie("rdf:type")
_TYPES = {
    StatementKind.PRACTICE: ("pk:Practice", "dpv:PersonalDataProcess"),
    StatementKind.DENIAL: ("pk:Denial",),
    StatementKind.RIGHT: ("pk:RightStatement",),
    StatementKind.NOTICE: ("pk:NoticeStatement",),
}
_Span = tuple[int, int]


def version_of(extraction: Extraction) -> str:
    """The IRI of the policy version that was extracted."""
    return iris.version_of(extraction.document, extraction.controller)


def statement_iris(extraction: Extraction) -> tuple[str, ...]:
    """The IRIs of the statements, in their order."""
    version = version_of(extraction)
    numbers = _numbers((s.start, s.topic) for s in extraction.statements)
    return tuple(iris.statement(version, s.start, s.topic, n) for s, n in zip(extraction.statements, numbers, strict=True))


def facts(extraction: Extraction) -> Iterator[Triple]:
    """What the version says: itself, its statements, the clauses they cite, and facts about organisations. Triples may come twice."""
    version = version_of(extraction)
    statements = statement_iris(extraction)
    conditions = _condition_iris(extraction, version)
    yield from _version(extraction, version, statements)
    for subject, statement in zip(statements, extraction.statements, strict=True):
        yield from _statement(extraction, version, subject, statement, conditions)
    for fact in extraction.facts:
        subject = version if fact.subject is None else fact.subject
        yield from _claim(version, curie(subject), fact.assertion)
    terms = extraction.defined_terms
    for n, term in zip(_numbers(((iris.slug(t.surface),) for t in terms), ((t.surface,) for t in terms)), terms, strict=True):
        yield from _defined_term(extraction, version, iris.defined_term(version, term.surface, n), term)
    yield from _clauses(extraction, version)


def evidence(extraction: Extraction, extractor: str, vocabulary: str) -> Iterator[Triple]:
    """Where the version says it: an assertion for each claimed triple, and the run that made them.

    Of several assertions of one triple in one place the most confident stands.
    """
    version = version_of(extraction)
    run = iri(iris.run(version, extractor, vocabulary))
    yield Triple(run, _A, curie("pk:ExtractionRun"))
    yield Triple(run, curie("prov:used"), iri(version))
    yield Triple(run, curie("prov:used"), iri(iris.vocabulary_entity(vocabulary)))
    yield Triple(run, curie("prov:wasAssociatedWith"), iri(iris.agent(extractor)))
    best: dict[str, tuple[Triple, Assertion, set[int]]] = {}
    for subject, clause, assertion in _assertions(extraction, version):
        claim = Triple(subject, curie(assertion.predicate), _object(version, assertion.object))
        node = iris.assertion(version, *claim, assertion.start, assertion.end)
        known = best.get(node)
        cited = known[2] if known else set()
        if clause is not None:
            cited.add(clause)
        if known is None or (-assertion.confidence, assertion.rule) < (-known[1].confidence, known[1].rule):
            best[node] = claim, assertion, cited
    spans = sorted(cited_spans(extraction))
    starts, reached = [start for start, _ in spans], list(accumulate((end for _, end in spans), max))
    for node, (claim, assertion, cited) in best.items():
        yield from _assertion(iri(node), claim, assertion, run)
        before = bisect_right(starts, assertion.start)
        if not before or reached[before - 1] < assertion.end:
            # It lies outside of all clauses of the graph, in a lead-in say, so the quote cannot be cut from theirs.
            quote = extraction.document.text[assertion.start : assertion.end]
            yield Triple(iri(node), curie("pk:quote"), literal(quote, extraction.document.language))
        for clause in cited:
            yield Triple(iri(node), curie("pk:evidence"), _clause_iri(version, extraction.clauses[clause]))


def cited_spans(extraction: Extraction) -> dict[_Span, Clause]:
    """The spans that become `pk:Clause` nodes, each with the clause that it is or lies in. Conditions are spans within a clause."""
    clauses = extraction.clauses
    cited = {index for statement in extraction.statements for index in statement.clauses}
    cited.update(fact.clause for fact in extraction.facts)
    cited.update(term.clause for term in extraction.defined_terms)
    spans = {(clauses[index].start, clauses[index].end): clauses[index] for index in sorted(cited)}
    for statement in extraction.statements:
        for condition in statement.conditions:
            home = next((clauses[i] for i in statement.clauses if clauses[i].start <= condition.start < clauses[i].end), None)
            spans.setdefault((condition.start, condition.end), home or clauses[statement.clauses[0]])
    return spans


def _version(extraction: Extraction, version: str, statements: tuple[str, ...]) -> Iterator[Triple]:
    document, known, subject = extraction.document, extraction.document.metadata, iri(version)
    for name in ("dpv:PrivacyNotice", "pk:PolicyVersion", "pk:ExcerptVersion" if known.excerpt else "pk:FullTextVersion"):
        yield Triple(subject, _A, curie(name))
    yield Triple(subject, curie("dct:language"), literal(document.language))
    yield Triple(subject, curie("pk:textSha256"), literal(document.sha256))
    yield Triple(subject, curie("dpv:hasDataController"), curie(extraction.controller))
    # The name without the folders: those are of the machine, not of the text.
    yield Triple(subject, curie("dct:identifier"), literal(Path(document.path).name))
    if known.title:
        yield Triple(subject, curie("dct:title"), literal(known.title, document.language))
    if known.source:
        yield Triple(subject, curie("dct:source"), address(known.source))
    if known.snapshot:
        yield Triple(subject, curie("prov:hadPrimarySource"), address(known.snapshot))
    if known.observed:
        yield Triple(subject, curie("pk:observedOn"), typed(known.observed.isoformat(), "xsd:date"))
    if known.effective:
        yield Triple(subject, curie("pk:effectiveFrom"), typed(known.effective.isoformat(), "xsd:date"))
    for node, statement in zip(statements, extraction.statements, strict=True):
        yield Triple(subject, curie("pk:hasStatement"), iri(node))
        if statement.kind is StatementKind.DENIAL:
            yield Triple(subject, curie("dpv:hasProhibition"), iri(node))
        elif statement.kind is StatementKind.PRACTICE and not _is_of_others(statement, extraction.controller):
            yield Triple(subject, curie("dpv:hasProcess"), iri(node))


def _is_of_others(statement: Statement, controller: str) -> bool:
    actors = [a.object for a in statement.assertions if a.predicate == "dpv:isImplementedByEntity"]
    return bool(actors) and controller not in actors


def _statement(extraction: Extraction, version: str, node: str, statement: Statement, conditions: dict[Hashable, str]) -> Iterator[Triple]:
    subject, text = iri(node), extraction.document.text
    for name in _TYPES[statement.kind]:
        yield Triple(subject, _A, curie(name))
    yield Triple(subject, curie("pk:modality"), curie(statement.modality))
    for index in statement.clauses:
        yield Triple(subject, curie("pk:evidence"), _clause_iri(version, extraction.clauses[index]))
    language = extraction.clauses[statement.clauses[0]].language
    for start, end in statement.hedges:
        yield Triple(subject, curie("pk:hedge"), literal(text[start:end], language))
    for assertion in statement.assertions:
        yield from _claim(version, subject, assertion)
    for condition in statement.conditions:
        other = iri(conditions[_condition_key(condition)])
        yield Triple(subject, curie("pk:exceptCondition" if condition.exception else "pk:hasCondition"), other)
        yield Triple(other, _A, curie("pk:Condition"))
        yield Triple(other, curie("pk:evidence"), iri(iris.clause(version, condition.start, condition.end)))
        if condition.kind:
            yield Triple(other, curie("pk:conditionKind"), curie(condition.kind))


def _claim(version: str, subject: str, assertion: Assertion) -> Iterator[Triple]:
    node = _object(version, assertion.object)
    yield Triple(subject, curie(assertion.predicate), node)
    if isinstance(assertion.object, StorageDuration):
        yield Triple(node, _A, curie("dpv:StorageDuration"))
        yield Triple(node, _A, curie(assertion.object.kind))
        if assertion.object.iso:
            yield Triple(node, curie("rdf:value"), typed(assertion.object.iso, "xsd:duration"))
        if assertion.object.hedge:
            yield Triple(node, curie("pk:hedge"), literal(assertion.object.hedge))


def _defined_term(extraction: Extraction, version: str, node: str, term: DefinedTerm) -> Iterator[Triple]:
    subject, clause = iri(node), extraction.clauses[term.clause]
    yield Triple(subject, _A, curie("pk:DefinedTerm"))
    yield Triple(subject, curie("pk:surface"), literal(term.surface, clause.language))
    yield Triple(subject, curie("pk:evidence"), _clause_iri(version, clause))
    if term.party:
        yield Triple(subject, curie("pk:refersToParty"), curie(term.party))
    for kind in term.includes:
        yield Triple(subject, curie("pk:includesParty"), curie(kind))


def _clauses(extraction: Extraction, version: str) -> Iterator[Triple]:
    text, blocks = extraction.document.text, extraction.document.blocks
    for (start, end), clause in cited_spans(extraction).items():
        subject = iri(iris.clause(version, start, end))
        yield Triple(subject, _A, curie("pk:Clause"))
        yield Triple(subject, curie("pk:inVersion"), iri(version))
        yield Triple(subject, curie("pk:startOffset"), offset(start))
        yield Triple(subject, curie("pk:endOffset"), offset(end))
        yield Triple(subject, curie("pk:quote"), literal(text[start:end], clause.language))
        if page := extraction.document.page(start):
            yield Triple(subject, curie("pk:page"), typed(str(page), "xsd:positiveInteger"))
        if clause.headings:
            over = blocks[clause.headings[-1]]
            yield Triple(subject, curie("pk:heading"), literal(text[over.start : over.end], over.language or clause.language))
        if clause.lead and (start, end) == (clause.start, clause.end):
            yield Triple(subject, curie("pk:leadIn"), literal(text[slice(*clause.lead)], clause.language))


def _assertions(extraction: Extraction, version: str) -> Iterator[tuple[str, int | None, Assertion]]:
    # A statement names its clauses itself; the subject of a fact is shared by many clauses, so its assertions name theirs.
    for node, statement in zip(statement_iris(extraction), extraction.statements, strict=True):
        for assertion in statement.assertions:
            yield iri(node), None, assertion
    for fact in extraction.facts:
        yield curie(version if fact.subject is None else fact.subject), fact.clause, fact.assertion


def _assertion(subject: str, claim: Triple, assertion: Assertion, run: str) -> Iterator[Triple]:
    yield Triple(subject, _A, curie("pk:Assertion"))
    yield Triple(subject, curie("rdf:subject"), claim.subject)
    yield Triple(subject, curie("rdf:predicate"), claim.predicate)
    yield Triple(subject, curie("rdf:object"), claim.object)
    yield Triple(subject, curie("pk:startOffset"), offset(assertion.start))
    yield Triple(subject, curie("pk:endOffset"), offset(assertion.end))
    yield Triple(subject, curie("pk:confidence"), decimal(assertion.confidence))
    yield Triple(subject, curie("pk:rule"), literal(assertion.rule))
    yield Triple(subject, curie("prov:wasGeneratedBy"), run)


def _object(version: str, of: str | Value | StorageDuration) -> str:
    if isinstance(of, Value):
        return value(of)
    return iri(iris.duration(version, of.name)) if isinstance(of, StorageDuration) else curie(of)


def _clause_iri(version: str, clause: Clause) -> str:
    return iri(iris.clause(version, clause.start, clause.end))


def _condition_key(condition: Condition) -> Hashable:
    return condition.start, condition.end, condition.kind


def _condition_iris(extraction: Extraction, version: str) -> dict[Hashable, str]:
    found = [c for statement in extraction.statements for c in statement.conditions]
    numbers = _numbers((c.start for c in found), map(_condition_key, found))
    return {_condition_key(c): iris.condition(version, c.start, n) for c, n in zip(found, numbers, strict=True)}


def _numbers(keys: Iterable[Hashable], identities: Iterable[Hashable] | None = None) -> list[int]:
    """For each key the how-manieth of its like it is, from 1. What has one identity has one number."""
    counters: dict[Hashable, Iterator[int]] = {}
    known: dict[Hashable, int] = {}
    numbers = []
    for key, identity in zip(keys, identities if identities is not None else count(), strict=False):
        if identity not in known:
            known[identity] = next(counters.setdefault(key, count(1)))
        numbers.append(known[identity])
    return numbers
