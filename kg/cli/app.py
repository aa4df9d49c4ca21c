"""The application that verbs join, and what several of them share: options, errors, exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from kg import console
from kg.errors import ConfigurationError, InputError, KgError

if TYPE_CHECKING:
    from pyoxigraph import Store

DEFAULT_GRAPH = Path("graph.trig")


class ExitCode:
    """What `kg` tells the shell."""

    DONE = 0
    VIOLATIONS = 1
    USAGE = 2
    INPUTS_FAILED = 3


# The order of use, in which `kg --help` shows the verbs.
VERBS = ("build", "annotate", "text", "validate", "query", "ask", "serve", "export", "push", "flows", "reason")


class UsageError(KgError):
    """The arguments make no sense together, or name what there is not."""


class Verbs(TyperGroup):
    """The verbs of `kg`. An error of the input or of the user is one line on stderr, never a traceback."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=VERBS.index)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KgError as error:
            console.message("error", str(error))
            raise typer.Exit(ExitCode.INPUTS_FAILED if isinstance(error, InputError) else ExitCode.USAGE) from error


def examples(*commands: str) -> str:
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

Paths = Annotated[list[Path], typer.Argument(metavar="PATH", help="Policies, or folders and archives of them.")]
GraphOption = Annotated[
    Path | None, typer.Option("--graph", "-g", metavar="FILE", help="The graph's file.", show_default=str(DEFAULT_GRAPH))
]
GraphArgument = Annotated[Path | None, typer.Argument(metavar="GRAPH", help="The graph's file.", show_default=str(DEFAULT_GRAPH))]
RulesOnly = Annotated[bool, typer.Option("--rules-only", help="Leave out the fitted part: rules and lexicon alone decide.")]
StoreOption = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="The folder of a store, instead of a file.")]


def _version(wanted: bool) -> None:
    if wanted:
        from kg import __version__, native

        typer.echo(f"kg {__version__}\nextraction: {'compiled' if native.compiled() else 'not compiled'}")
        raise typer.Exit


@app.callback()
def verbs(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")] = False,
) -> None:
    """Privacy policies become a graph that answers questions, with the sentence that proves each answer.

    Begin with [bold]kg build policies/[/bold], then [bold]kg validate[/bold] and [bold]kg query --list[/bold].
    """


def emit(text: str) -> None:
    """A result to stdout, in UTF-8 whatever the terminal's locale."""
    sys.stdout.buffer.write(text.encode("utf-8"))


def source(graph: Path | None, store: Path | None) -> Store:
    """The graph that a verb reads: a file or a store, by default `DEFAULT_GRAPH`.

    Raises:
        UsageError: both are given.
        ConfigurationError: it is not there, or is not a graph.
    """
    from kg.store import open_store

    return open_store(place(graph, store))


def place(graph: Path | None, store: Path | None) -> Path:
    """Where the graph is that a verb reads: a file or a store's folder, by default `DEFAULT_GRAPH`.

    Raises:
        UsageError: both are given.
        ConfigurationError: it is not there.
    """
    if graph and store:
        raise UsageError("give a graph's file or --store, not both")
    chosen = store or graph or DEFAULT_GRAPH
    if not chosen.exists():
        raise ConfigurationError(str(chosen), "the graph", "it is not there; make it with: kg build PATH... -o FILE")
    return chosen
