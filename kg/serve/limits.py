"""What one request may cost."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


def _processors() -> int:
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the endpoint. A query that runs for longer than `quick_seconds` is long: it makes way for the others.

    >>> Limits(seconds=5).quick_seconds
    1.0
    """

    seconds: float = 30.0
    """How long a query or an update may run, in seconds."""
    quick_seconds: float = 1.0
    """How long a query may hold a place among the quick ones, in seconds."""
    quick: int = field(default_factory=lambda: max(2, _processors()))
    """How many quick queries run at the same time."""
    long: int = 4
    """How many long queries run at the same time; one more is stopped."""
    waiting: int = 256
    """How many queries may wait for a place; one more is refused."""
    memory_bytes: int = 1 << 30
    """How much memory a query's process may take beyond the graph, in bytes."""
    result_bytes: int = 64 << 20
    """The size of the largest answer, in bytes."""
    request_bytes: int = 1 << 20
    """The size of the largest request body, in bytes."""
    connections: int = 512
    """How many connections may be open at the same time."""
    idle_seconds: float = 10.0
    """How long a client may take to send its request, or to go on reading an answer, in seconds."""
