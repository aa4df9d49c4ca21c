"""A source: the bytes of one document with what is known of it, wherever they came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.model import Metadata


@dataclass(frozen=True, slots=True)
class Source:
    """One document that is not read yet. `path` names it: a file, or ``archive!member``.

    `suffix` says which of `kg.documents.READERS` reads it, `charset` what a server said of it. `position` is how many bytes of the input
    were read when it ended.
    """

    path: str
    suffix: str
    data: bytes
    metadata: Metadata = field(default_factory=Metadata)
    charset: str | None = None
    position: int = 0
