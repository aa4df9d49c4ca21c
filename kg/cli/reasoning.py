"""The verb that reasons with OWL: `kg reason` checks the ontology, sorts what policies state, and says why."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg import console
from kg.cli.app import DEFAULT_GRAPH, ExitCode, GraphArgument, StoreOption, UsageError, app, emit, examples, source
from kg.cli.building import graph_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyoxigraph import Store

    from kg.graph import NamedGraph
    from kg.reason import Inferred, Ontology


class EngineName(StrEnum):
    """What sorts: the definitions read by `kg` itself, or HermiT."""

    CLOSURE = "closure"
    HERMIT = "hermit"


@app.command(
    epilog=examples(
        "kg reason",
        "kg reason graph.trig -o inferred.trig",
        "kg reason --store store/ --save",
        "kg reason --why alderwick-outdoor-ltd/privacy-notice/v.1a1082b134bc/s.3041.transfer",
        "kg reason --owl ontology.nt",
    )
)
def reason(
    graph: GraphArgument = None,
    store: StoreOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The types, to .trig, .nq, or - for stdout.")
    ] = None,
    save: Annotated[bool, typer.Option("--save", help="Inferred types into the store, in graphs of their own.")] = False,
    why: Annotated[str, typer.Option("--why", metavar="IRI", help="Explain the types of a statement, or one inference.")] = "",
    engine: Annotated[
        EngineName, typer.Option("--engine", help="The same types: closure needs no Java and is fast, hermit is the check.")
    ] = EngineName.CLOSURE,
    ontology: Annotated[
        Path | None, typer.Option("--ontology", metavar="DIR", help="A folder of Turtle files.", show_default="the ontology of kg")
    ] = None,
    owl: Annotated[Path | None, typer.Option("--owl", metavar="FILE", help="Write the ontology as OWL, in N-Triples.")] = None,
) -> None:
    """Sort what policies state into kinds of practice (transfers to third countries, direct marketing, …) by their OWL definitions.

    The types go into graphs of their own, each with the definition, the ontology's version and the evidence. A denial is never a practice.
    Without a graph: check with HermiT, which needs Java, that the ontology does not contradict itself. Exit code 1 says that it does.
    """
    from kg import reason as reasoning
    from kg.atomic import replacing
    from kg.resources import ontology_dir

    folder = ontology or ontology_dir()
    if save and not store:
        raise UsageError("--save needs --store DIR; a file is written with -o")
    if save and output:
        raise UsageError("give -o or --save, not both")
    if owl:
        with replacing(owl) as stream:
            stream.write(reasoning.derive_owl(folder))
    elif why:
        _explain(source(graph, store), reasoning.load(folder), why, str(store or graph or DEFAULT_GRAPH))
    elif graph or store or output:
        _sort(graph, store, reasoning.load(folder), output, engine, save=save)
    else:
        found = reasoning.reason(folder)
        console.reasoning(found)
        if not found.conforms:
            raise typer.Exit(ExitCode.VIOLATIONS)


def _explain(store: Store, known: Ontology, name: str, place: str) -> None:
    from kg.reason import explain

    explanations = explain(store, known, name, place)
    emit("\n".join(map(str, explanations)))
    if not explanations:
        console.message("note", f"{name}: no kind of practice follows for it; what is denied is never sorted")


def _sort(graph: Path | None, store: Path | None, known: Ontology, output: Path | None, engine: EngineName, *, save: bool) -> None:
    from kg.atomic import replacing
    from kg.graph.serialize import WRITERS
    from kg.reason import infer, inferred_graph
    from kg.store import derive

    format = graph_format(output) if output else None
    place = str(store or graph or DEFAULT_GRAPH)
    every: list[Inferred] = []

    def graphs(of: Store) -> Iterator[NamedGraph]:
        for found in infer(of, known, place, engine.value):
            every.append(found)
            yield inferred_graph(found, known)

    if save and store:
        derive(store, graphs)
    else:
        made = graphs(source(graph, store))
        if format and output and str(output) != "-":
            with replacing(output) as stream:
                put = WRITERS[format](stream)
                for each in made:
                    put(each.iri, each.triples, each.version)
        elif format:
            put = WRITERS[format](sys.stdout.buffer)
            for each in made:
                put(each.iri, each.triples, each.version)
        else:
            list(made)
    console.kinds(every, known, console.err() if output or save else console.out())
