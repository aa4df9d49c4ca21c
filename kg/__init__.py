"""Privacy policies become a knowledge graph whose every statement carries the sentence that proves it.

>>> import kg
>>> document = kg.documents.read("policy.html")                             # doctest: +SKIP
>>> extraction = kg.extract.extract(document, kg.vocabulary.load())         # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kg import native as _native

if TYPE_CHECKING:
    from kg import documents, export, extract, findings, flows, graph, push, query, reason, segment, store, validate, vocabulary
    from kg.errors import ConfigurationError, InputError, KgError, MissingComponentError, OutputError
    from kg.model import Clause, Document, Extraction, Statement
    from kg.query.answer import open

    __version__: str

__all__ = [
    "Clause",
    "ConfigurationError",
    "Document",
    "Extraction",
    "InputError",
    "KgError",
    "MissingComponentError",
    "OutputError",
    "Statement",
    "__version__",
    "documents",
    "export",
    "extract",
    "findings",
    "flows",
    "graph",
    "open",
    "push",
    "query",
    "reason",
    "segment",
    "store",
    "validate",
    "vocabulary",
]

_native.install()

_RECORDS = {"Clause", "Document", "Extraction", "Statement"}


def __getattr__(name: str) -> Any:
    """The public names, imported on first use: `import kg` alone costs nothing."""
    if name == "__version__":
        from importlib.metadata import version

        return version("policy-kg")
    if name not in __all__:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    if name == "open":
        return import_module("kg.query.answer").open
    if name.islower():
        return import_module(f"kg.{name}")
    return getattr(import_module("kg.model" if name in _RECORDS else "kg.errors"), name)


def __dir__() -> list[str]:
    return __all__
