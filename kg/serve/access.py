"""Who may change the graph: whoever knows the token."""

from __future__ import annotations

import hmac
import os
import stat
from pathlib import Path

from kg.errors import ConfigurationError

VARIABLE = "KG_SERVE_TOKEN"
_SHORTEST = 16


def token(file: Path | None) -> str:
    """The token of `file`, which only its owner may read, or else of the environment variable `VARIABLE`. Never of the command line,
    which every user of a machine can see.

    Raises:
        ConfigurationError: there is none, it is too short, or others may read the file.
    """
    if file is None:
        place, found = VARIABLE, os.environ.get(VARIABLE, "")
    else:
        place = str(file)
        try:
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                raise ConfigurationError(place, "the token", f"others may read the file; close it with: chmod 600 {file}")
            found = file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(place, "the token", error.strerror or str(error)) from error
    if len(found) < _SHORTEST:
        raise ConfigurationError(place, "the token", f"it must have {_SHORTEST} characters or more; make one with: openssl rand -hex 32")
    return found


def allows(authorization: str, expected: str) -> bool:
    """Whether the header ``Authorization: Bearer …`` carries the token, compared in constant time (RFC 6750)."""
    scheme, _, given = authorization.partition(" ")
    same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), expected.encode("utf-8"))
    return scheme.lower() == "bearer" and same
