"""The command `kg`: a verb parses its arguments, calls one public function and prints. Heavy imports stand inside the verbs."""

from __future__ import annotations

import sys
from io import TextIOWrapper

from kg.cli import asking, building, checking, exporting, reasoning, serving
from kg.cli.app import app
from kg.lean import keep_out

__all__ = ["app", "asking", "building", "checking", "exporting", "main", "reasoning", "serving"]


def main() -> None:
    """Runs the command line; the entry point of the distribution."""
    keep_out()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a mark that the terminal's character set lacks must not end the work
    app(prog_name="kg")
