"""What is tested without pyshacl conforms exactly where pyshacl says so, for each core constraint and for those that are left to it."""

from __future__ import annotations

import pyshacl
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from kg.validate import Engine

HEAD = """
@prefix : <urn:x:> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
DATA = """
:Cat rdfs:subClassOf :Animal .
:a a :T ; :p 1 , 2 ; :q :b ; :r "long" ; :s 5 .
:b a :T , :Cat ; :p "1"^^xsd:string ; :q :c , :d ; :r "" ; :s 1 .
:c a :T ; :p "x"^^xsd:integer ; :q [] ; :r "Lång"@sv ; :s "zero" .
:d a :T , :Animal ; :q "text" ; :back :a .
"""
SHAPES = {
    "class": "sh:property [ sh:path :q ; sh:class :Animal ]",
    "node class": "sh:class :Animal",
    "datatype": "sh:property [ sh:path :p ; sh:datatype xsd:integer ]",
    "nodeKind": "sh:property [ sh:path :q ; sh:nodeKind sh:IRI ]",
    "blank or IRI": "sh:property [ sh:path :q ; sh:nodeKind sh:BlankNodeOrIRI ]",
    "counts": "sh:property [ sh:path :q ; sh:minCount 1 ; sh:maxCount 1 ]",
    "ranges": "sh:property [ sh:path :s ; sh:minInclusive 1 ; sh:maxExclusive 5 ]",
    "other ranges": "sh:property [ sh:path :s ; sh:minExclusive 1 ; sh:maxInclusive 5 ]",
    "length": "sh:property [ sh:path :r ; sh:minLength 1 ]",
    "pattern": 'sh:property [ sh:path :r ; sh:pattern "^l" ]',
    "pattern with flags": 'sh:property [ sh:path :r ; sh:pattern "^l" ; sh:flags "i" ]',
    "in": 'sh:property [ sh:path :q ; sh:in ( :b :c :d "text" ) ]',
    "hasValue": "sh:property [ sh:path :q ; sh:hasValue :c ]",
    "lessThan": "sh:property [ sh:path :p ; sh:lessThan :s ]",
    "not": "sh:not [ sh:class :Animal ]",
    "or": "sh:or ( [ sh:class :Cat ] [ sh:property [ sh:path :p ; sh:minCount 2 ] ] )",
    "and": "sh:and ( [ sh:class :Cat ] [ sh:class :Animal ] )",
    "xone": "sh:xone ( [ sh:class :Cat ] [ sh:class :Animal ] )",
    "node": "sh:node [ a sh:NodeShape ; sh:property [ sh:path :p ; sh:minCount 1 ] ]",
    "qualified": "sh:property [ sh:path :q ; sh:qualifiedValueShape [ sh:class :T ] ; sh:qualifiedMinCount 2 ]",
    "qualified at most": "sh:property [ sh:path :q ; sh:qualifiedValueShape [ sh:class :T ] ; sh:qualifiedMaxCount 1 ]",
    "closed": "sh:closed true ; sh:ignoredProperties ( <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ) ; sh:property [ sh:path :q ]",
    "languages": 'sh:property [ sh:path :r ; sh:languageIn ( "sv" ) ]',
    "inverse": "sh:property [ sh:path [ sh:inversePath :q ] ; sh:minCount 1 ]",
    "sequence": "sh:property [ sh:path ( :q :q ) ; sh:minCount 2 ]",
    "alternative": "sh:property [ sh:path [ sh:alternativePath ( :p :back ) ] ; sh:minCount 1 ]",
    "closure": "sh:property [ sh:path [ sh:zeroOrMorePath :q ] ; sh:hasValue :d ]",
    "one or more": "sh:property [ sh:path [ sh:oneOrMorePath :q ] ; sh:hasValue :d ]",
    "deactivated": "sh:property [ sh:path :q ; sh:maxCount 0 ; sh:deactivated true ]",
}
NODES = [URIRef(f"urn:x:{name}") for name in "abcd"]


@pytest.mark.parametrize("constraint", SHAPES)
def test_conforms_where_pyshacl_says_so(constraint: str) -> None:
    shapes = Graph().parse(data=f"{HEAD} :S a sh:NodeShape ; sh:targetClass :T ; {SHAPES[constraint]} .", format="turtle")
    data = Graph().parse(data=HEAD + DATA, format="turtle")
    _, expected, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(expected, Graph)

    engine = Engine(shapes, data)

    failing = set(expected.objects(None, SH.focusNode))
    assert {node for node in NODES if not engine.conforms(URIRef("urn:x:S"), node)} == failing & set(NODES)
    assert _rows(engine.report()) == _rows(expected)


def _rows(report: Graph) -> list[tuple[str, ...]]:
    keys = (SH.focusNode, SH.sourceConstraintComponent, SH.resultSeverity)
    return sorted(tuple(str(report.value(result, key)) for key in keys) for result in report.objects(None, SH.result))
