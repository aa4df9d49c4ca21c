"""The log: a line for each request, on stderr."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

_LONGEST = 200


def log(client: tuple[str, int] | None, method: str, target: str, status: int, seconds: float, size: int, note: str = "") -> None:
    """Writes when, who, what, the status, the time in milliseconds, the size in bytes, and why where something was refused."""
    when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = f" {_line(note)}" if note else ""
    sys.stderr.write(
        f"{when} {client[0] if client else '-'} {_line(method)} {_line(target)} {status} {seconds * 1000:.0f}ms {size}B{said}\n"
    )
    sys.stderr.flush()


def _line(text: str) -> str:
    """What a client sent cannot begin a line of its own, nor command a terminal."""
    plain = "".join(character if character.isprintable() else "�" for character in text)
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "…"
