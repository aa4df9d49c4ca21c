"""The command `kg`: a verb parses its arguments, calls one public function and prints. Heavy imports stand inside the verbs."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from kg import console
from kg.errors import ConfigurationError, InputError, KgError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyoxigraph import Store

    from kg.batch import Batch
    from kg.graph import Format

DEFAULT_GRAPH = Path("graph.trig")
GRAPH_FORMATS: Mapping[str, Format] = {".trig": "trig", ".nq": "nquads"}


class ExitCode:
    """What `kg` tells the shell."""

    DONE = 0
    VIOLATIONS = 1
    USAGE = 2
    INPUTS_FAILED = 3


class UsageError(KgError):
    """The arguments make no sense together, or name what there is not."""


class Verbs(TyperGroup):
    """The verbs of `kg`. An error of the input or of the user is one line on stderr, never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KgError as error:
            console.message("error", str(error))
            raise typer.Exit(ExitCode.INPUTS_FAILED if isinstance(error, InputError) else ExitCode.USAGE) from error


def _examples(*commands: str) -> str:
    """The end of a verb's help: an example a line."""
    return "\n\n".join(("Examples:", *(f"[bold]{command}[/bold]" for command in commands)))


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 done and violations found, 2 wrong usage, 3 some inputs failed.",
)

Paths = Annotated[list[Path], typer.Argument(metavar="PATH", help="Policies, or folders of them: text, HTML or Markdown.")]
GraphOption = Annotated[
    Path | None, typer.Option("--graph", "-g", metavar="FILE", help="The graph's file.", show_default=str(DEFAULT_GRAPH))
]
GraphArgument = Annotated[Path | None, typer.Argument(metavar="GRAPH", help="The graph's file.", show_default=str(DEFAULT_GRAPH))]
RulesOnly = Annotated[bool, typer.Option("--rules-only", help="Leave out the fitted part: rules and lexicon alone decide.")]
StoreOption = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="The folder of a store, instead of a file.")]


def _version(wanted: bool) -> None:
    if wanted:
        from kg import __version__

        typer.echo(f"kg {__version__}")
        raise typer.Exit


@app.callback()
def verbs(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")] = False,
) -> None:
    """Privacy policies become a graph that answers questions, with the sentence that proves each answer.

    Begin with [bold]kg build policies/[/bold], then [bold]kg validate[/bold] and [bold]kg query --list[/bold].
    """


@app.command(
    epilog=_examples(
        "kg build policies/", "kg build shop.html app.md -o both.nq", "kg build policies/ --store store/", "kg build shop.html -o - | less"
    )
)
def build(
    paths: Paths,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to: .trig, .nq, or - for stdout.", show_default=str(DEFAULT_GRAPH)),
    ] = None,
    store: Annotated[Path | None, typer.Option("--store", metavar="DIR", help="An Oxigraph store on disk, instead of a file.")] = None,
    rules_only: RulesOnly = False,
) -> None:
    """Build the graph of some policies, and say what was found in each and what was not.

    In a store, a policy that is built again replaces its own graphs and nothing else.
    """
    if store and output:
        raise UsageError("give --output or --store, not both")
    target = output or DEFAULT_GRAPH
    format = _graph_format(target)

    from kg import graph
    from kg.atomic import replacing
    from kg.batch import Batch
    from kg.store import replace
    from kg.vocabulary import load

    with console.progress("Reading policies") as advance:
        batch = Batch(paths, load(), advance, rules_only=rules_only)
        if store:
            replace(store, batch, batch.vocabulary)
        elif str(target) == "-":
            graph.write(batch, batch.vocabulary, sys.stdout.buffer, format)
        else:
            with replacing(target) as stream:
                graph.write(batch, batch.vocabulary, stream, format)
    console.found(batch)
    _finish(batch)


def _graph_format(target: Path) -> Format:
    ending = ".trig" if str(target) == "-" else target.suffix.lower()
    if ending not in GRAPH_FORMATS:
        raise UsageError(f"{target}: the ending says the format: {' or '.join(GRAPH_FORMATS)}, or - for TriG on stdout")
    return GRAPH_FORMATS[ending]


@app.command(epilog=_examples("kg annotate shop.html", "kg annotate policies/ > findings.jsonl"))
def annotate(paths: Paths, rules_only: RulesOnly = False) -> None:
    """Print what each policy says, one JSON line a finding.

    A finding has the document, start, end and quote, the requirement that it answers, its concepts, role, polarity and modality, the IRI of
    its clause and a confidence.
    """
    from kg.batch import Batch
    from kg.findings import findings
    from kg.vocabulary import load

    with console.progress("Reading policies") as advance:
        batch = Batch(paths, load(), advance, keep_repeats=True, rules_only=rules_only)
        for extraction in batch:
            for finding in findings(extraction, batch.vocabulary):
                _emit(finding.as_json() + "\n")
    for error in batch.failures:
        console.message("error", str(error))
    _finish(batch)


def _finish(batch: Batch) -> None:
    if not batch.summaries and not batch.failures:
        console.message("warning", "there was no policy among the inputs")
    if batch.failures:
        raise typer.Exit(ExitCode.INPUTS_FAILED)


def _emit(text: str) -> None:
    """A result to stdout, in UTF-8 whatever the terminal's locale."""
    sys.stdout.buffer.write(text.encode("utf-8"))


@app.command(epilog=_examples("kg text shop.html", "kg text shop.html > shop.txt"))
def text(path: Annotated[Path, typer.Argument(metavar="PATH", help="One policy.")]) -> None:
    """Print the canonical text of a policy: what every offset in the graph counts in, in characters."""
    from kg.documents import read

    _emit(read(path).text)


def _source(graph: Path | None, store: Path | None) -> Store:
    if graph and store:
        raise UsageError("give a graph's file or --store, not both")
    from kg.store import open_store

    source = store or graph or DEFAULT_GRAPH
    if not source.exists():
        raise ConfigurationError(str(source), "the graph", "it is not there; make it with: kg build PATH... -o FILE")
    return open_store(source)


class ReportFormat(StrEnum):
    """How `kg validate` prints its report."""

    TABLE = "table"
    JSON = "json"
    TURTLE = "turtle"


@app.command(epilog=_examples("kg validate", "kg validate both.nq --format json", "kg validate --store store/ --regime gdpr"))
def validate(
    graph: GraphArgument = None,
    store: StoreOption = None,
    regime: Annotated[str, typer.Option("--regime", metavar="NAME", help="The law to judge by: a folder of shapes/.")] = "gdpr",
    format: Annotated[ReportFormat, typer.Option("--format", "-f", help="How to print the report.")] = ReportFormat.TABLE,
) -> None:
    """Check each policy's completeness, and the graph's structure. Exit code 1 says that there are violations."""
    from kg.validate import validate as check

    report = check(_source(graph, store), regime=regime)
    match format:
        case ReportFormat.JSON:
            _emit(json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n")
        case ReportFormat.TURTLE:
            _emit(report.turtle())
        case ReportFormat.TABLE:
            console.report(report)
    if not report.conforms:
        raise typer.Exit(ExitCode.VIOLATIONS)


class RowsFormat(StrEnum):
    """How `kg query` prints its answer."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    XML = "xml"


@app.command(
    epilog=_examples(
        "kg query --list",
        "kg query transfers_outside_eea",
        "kg query transfers_outside_eea --store store/ --format csv",
        "kg query my-question.rq --graph both.nq",
        "kg query 'PREFIX pk: <https://w3id.org/policy-kg/ontology#> SELECT ?quote WHERE { ?clause pk:quote ?quote } LIMIT 5'",
    )
)
def query(
    question: Annotated[str, typer.Argument(metavar="NAME|FILE.rq|SPARQL", help="A question of the catalogue, a file, or a query.")] = "",
    graph: GraphOption = None,
    store: StoreOption = None,
    parameter: Annotated[list[str] | None, typer.Option("--param", "-p", metavar="KEY=VALUE", help="A parameter of the question.")] = None,
    format: Annotated[RowsFormat, typer.Option("--format", "-f", help="How to print the answer.")] = RowsFormat.TABLE,
    list_all: Annotated[bool, typer.Option("--list", help="Show the catalogue of questions.")] = False,
) -> None:
    """Ask the graph a question. Every row of an answer carries the clause and the quote that prove it."""
    from kg.query import catalogue, run

    if list_all:
        console.catalogue(catalogue())
        return
    if not question:
        raise UsageError("name a question (kg query --list shows them), a file or a query")
    answer = run(_source(graph, store), question, _parameters(parameter or []))
    if format is not RowsFormat.TABLE:
        _emit(answer.serialize(format))
    elif answer.rows:
        console.rows(answer.columns, answer.cells())
    else:
        console.message("note", "the graph holds no answer to this question")


def _parameters(given: list[str]) -> dict[str, str]:
    parameters = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            raise UsageError(f"{pair}: a parameter is KEY=VALUE")
        parameters[key] = value
    return parameters


@app.command(epilog=_examples("kg export --list", "kg export graphml -o graph.graphml", "kg export graphml both.nq -o both.graphml"))
def export(
    format: Annotated[str, typer.Argument(metavar="FORMAT", help="See --list.")] = "",
    graph: GraphArgument = None,
    store: StoreOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="PATH", help="Where to.")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Show the formats.")] = False,
) -> None:
    """Write the graph in a format of another tool."""
    from kg.export import EXPORTERS

    if list_all:
        console.exporters(EXPORTERS.values())
        return
    if format not in EXPORTERS:
        raise UsageError(f"{format or 'no format'}: choose one of {', '.join(EXPORTERS)}")
    if not output:
        raise UsageError("say where to, with -o")
    EXPORTERS[format].write(_source(graph, store), output)
    console.message("note", f"{output} written")


@app.command(epilog=_examples("kg reason", "kg reason --ontology my-ontology/"))
def reason(
    ontology: Annotated[
        Path | None, typer.Option("--ontology", metavar="DIR", help="A folder of Turtle files.", show_default="the ontology of kg")
    ] = None,
) -> None:
    """Check with an OWL reasoner (HermiT, which needs Java) that the ontology does not contradict itself. Exit code 1 says that it does."""
    from kg.reason import reason as infer
    from kg.resources import ontology_dir

    found = infer(ontology or ontology_dir())
    console.reasoning(found)
    if not found.conforms:
        raise typer.Exit(ExitCode.VIOLATIONS)


def main() -> None:
    """Runs the command line; the entry point of the distribution."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a mark that the terminal's character set lacks must not end the work
    app(prog_name="kg")


if __name__ == "__main__":
    main()
