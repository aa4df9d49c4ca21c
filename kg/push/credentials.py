"""Who pushes. A password comes from the environment or from a prompt: it stands in no argument, log or message."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kg.errors import ConfigurationError

USER, PASSWORD = "KG_PUSH_USER", "KG_PUSH_PASSWORD"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user and a password, which `repr` does not show."""

    user: str
    password: str = field(repr=False)


def credentials(
    user: str | None = None,
    environment: Mapping[str, str] = os.environ,
    prompt: Callable[[str], str] = getpass.getpass,
) -> Credentials | None:
    """The credentials for a push: `user`, else the one of the environment; nothing where neither is named.

    Raises:
        ConfigurationError: there is a user but no password, and nobody to ask for it.
    """
    name = user or environment.get(USER)
    if not name:
        return None
    password = environment.get(PASSWORD)
    if password is None:
        if prompt is getpass.getpass and not sys.stdin.isatty():
            raise ConfigurationError("the environment", PASSWORD, f"is not set, and there is no terminal to ask for the password of {name}")
        password = prompt(f"Password of {name}: ")
    return Credentials(name, password)
