"""Keeps out of processes that are all our own what NLTK takes in where it is installed: it takes a second to load, and is not used."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import Any, cast

_UNUSED = ("sklearn", "scipy.stats")


def keep_out() -> None:
    """Let imports of these fail from now on, as where they are not installed. Not for a process that others may have a part in."""
    modules = cast("MutableMapping[str, Any]", sys.modules)
    for name in _UNUSED:
        modules.setdefault(name, None)
