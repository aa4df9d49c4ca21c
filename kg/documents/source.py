"""A source: the bytes of one document with what is known of it, wherever they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from kg.errors import encodable
from kg.model import Metadata


@dataclass(frozen=True, slots=True)
class Source:
    """One document that is not read yet. `path` names it: a file, or ``archive!/member``.

    `suffix` says which of `kg.documents.READERS` reads it, `charset` what a server said of it. `position` is how many bytes of the input
    were read when it ended.
    """

    path: str
    suffix: str
    data: bytes
    metadata: Metadata = field(default_factory=Metadata)
    charset: str | None = None
    position: int = 0

    def __post_init__(self) -> None:
        """Makes the path one that can be stored; the file was opened by its real name."""
        object.__setattr__(self, "path", encodable(self.path))


def address_key(address: str) -> str:
    """What the snapshots of one address have in common: host and path, whatever scheme, "www." or fragment the crawler met.

    >>> address_key("http://www.example.org/privacy/#top")
    'example.org/privacy'
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return address
    return host.removeprefix("www.") + parts.path.rstrip("/") + (f"?{parts.query}" if parts.query else "")
