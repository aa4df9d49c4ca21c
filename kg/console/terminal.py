"""The two streams, the messages and the progress bar, which every verb shares."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

# Wide enough for a table of quotes where the output is a file or a pipe and so has no width of its own.
PIPE_WIDTH = 160


def out() -> Console:
    """The console of results. It is made anew, since tests and callers exchange the streams."""
    console = Console(highlight=False, soft_wrap=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def err() -> Console:
    """The console of everything that is not a result."""
    console = Console(stderr=True, highlight=False)
    return console if console.is_terminal else Console(stderr=True, highlight=False, width=PIPE_WIDTH)


def message(kind: str, text: str) -> None:
    """One line to stderr, ``kg: error: …``, unbroken so that it can be searched for."""
    style = {"error": "bold red", "warning": "yellow"}.get(kind, "")
    err().print(Text.assemble("kg: ", (f"{kind}: ", style), text.replace("\n", " ")), soft_wrap=True)


@contextmanager
def progress(title: str, *, beside_output: bool = False) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on stderr while the block runs, on a terminal only. The yielded function takes what is done, of how many, and what is next.

    A block that prints its results meanwhile, `beside_output`, has none where they go to a terminal too: it would run through them.
    """
    console = err()
    if not console.is_terminal or (beside_output and sys.stdout.isatty()):
        yield lambda done, total, what: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn(title), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what)
