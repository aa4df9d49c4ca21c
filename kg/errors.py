"""Every error that `kg` raises on purpose. A message names the input, the place and the way out."""

from __future__ import annotations


class KgError(Exception):
    """Base of all errors that are the input's or the user's, not the program's. They travel between processes with their fields."""

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), str(self), dict(self.__dict__))


def _rebuilt(kind: type[KgError], message: str, fields: dict[str, object]) -> KgError:
    error = kind.__new__(kind, message)
    error.args = (message,)
    error.__dict__.update(fields)
    return error


def encodable(name: str) -> str:
    r"""The name of a file with a backslash and its number for each byte that is no UTF-8: such a name can be printed and stored.

    >>> encodable("caf\udce9.txt")
    'caf\\udce9.txt'
    """
    return name.encode("utf-8", "backslashreplace").decode()


class InputError(KgError):
    """One input cannot be read or is of no use; the rest of the work goes on."""

    def __init__(self, path: str, reason: str, remedy: str = "") -> None:
        path = encodable(path)
        self.path, self.reason, self.remedy = path, reason, remedy
        super().__init__(f"{path}: {reason}" + (f" ({remedy})" if remedy else ""))


class ConfigurationError(KgError):
    """A file that describes the inputs, the vocabulary, the shapes or the queries is malformed."""

    def __init__(self, path: str, place: str, reason: str) -> None:
        self.path, self.place, self.reason = path, place, reason
        super().__init__(f"{path}, {place}: {reason}")


class OutputError(KgError):
    """A result cannot be written; nothing half-written was left behind."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(f"{path}: cannot be written: {reason}")


class MissingComponentError(KgError):
    """An optional component (Java, an extra) is not there."""

    def __init__(self, component: str, remedy: str) -> None:
        self.component, self.remedy = component, remedy
        super().__init__(f"{component} was not found: {remedy}")


class StoppedComponentError(KgError):
    """An optional component was there and ended before it had an answer."""

    def __init__(self, component: str, reason: str, remedy: str) -> None:
        self.component, self.reason, self.remedy = component, reason, remedy
        super().__init__(f"{component} stopped before it had an answer: {reason} ({remedy})")
