"""What can be wrong with a question."""

from __future__ import annotations

from collections.abc import Iterable

from kg.errors import KgError


class QueryError(KgError):
    """A query that is malformed, or that asks for what is refused. `line` is 1-based, None where it is not known."""

    def __init__(self, name: str, reason: str, line: int | None = None) -> None:
        self.name, self.reason, self.line = name, reason, line
        super().__init__(f"{name}{f', line {line}' if line else ''}: {reason}")


class UnknownQuestionError(KgError):
    """Neither a question of the catalogue nor a file nor a query."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"{name!r} is no question of the catalogue, no .rq file and no query; there are: {', '.join(self.known)}")


class ParameterError(KgError):
    """A parameter that the question does not have, that it needs, or whose value is not of its type."""

    def __init__(self, question: str, parameter: str, reason: str) -> None:
        self.question, self.parameter, self.reason = question, parameter, reason
        super().__init__(f"{question}, parameter {parameter}: {reason}")
