"""``policies.toml``: what is known of the policies in a folder beside their text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, MutableMapping
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType

from kg.errors import ConfigurationError
from kg.model import Metadata

FILE_NAME = "policies.toml"
_TEXT_KEYS = ("title", "controller", "language", "source", "snapshot", "series")
DATE_KEYS = ("observed", "effective")
_KINDS = MappingProxyType({"full text": False, "excerpt": True})
KEYS = (*_TEXT_KEYS, *DATE_KEYS, "kind")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")

Sidecar = Mapping[str, Metadata]


def metadata_for(path: Path, sidecars: MutableMapping[Path, Sidecar] | None = None) -> Metadata:
    """What ``policies.toml`` beside `path` says of it; an empty record where it says nothing.

    `sidecars` remembers the files already read, by folder: hand the same mapping to every call of one run.

    Raises:
        ConfigurationError: the file is malformed.
    """
    folder = path.parent
    if sidecars is not None and folder in sidecars:
        return sidecars[folder].get(path.name, Metadata())
    sidecar = load(folder / FILE_NAME)
    if sidecars is not None:
        sidecars[folder] = sidecar
    return sidecar.get(path.name, Metadata())


def load(path: Path) -> Sidecar:
    """The records of one ``policies.toml`` by file name; empty where there is no such file.

    Raises:
        ConfigurationError: no TOML, an unknown key, or a value of the wrong type.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return MappingProxyType({})
    except OSError as error:
        raise ConfigurationError(str(path), "the file", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(str(path), f"byte {error.start}", "is not UTF-8") from error
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, text, str(error)) from error
    return MappingProxyType({name: record(path, name, table) for name, table in tables.items()})


def _syntax_error(path: Path, text: str, message: str) -> ConfigurationError:
    found = _POSITION.search(message)
    reason = _POSITION.sub("", message) or message
    if found and found[1]:
        return ConfigurationError(str(path), f"line {found[1]}, column {found[2]}", reason)
    return ConfigurationError(str(path), f"line {text.count(chr(10)) + 1} (end of the file)", reason)


def record(path: Path, name: str, table: object) -> Metadata:
    """The metadata in one table of a ``policies.toml``, or in a row of a data set.

    Raises:
        ConfigurationError: an unknown key, or a value of the wrong type.
    """
    if not isinstance(table, dict):
        raise ConfigurationError(
            str(path), f'key "{name}"', f'stands outside a table; begin with a line ["file name"] (this file knows {_listed()})'
        )
    values: dict[str, object] = {}
    for key, value in table.items():
        place = f'table ["{name}"], key "{key}"'
        if key in _TEXT_KEYS:
            values[key] = _text(path, place, key, value)
        elif key in DATE_KEYS:
            if not isinstance(value, date) or isinstance(value, datetime):
                raise ConfigurationError(str(path), place, f"must be a date without quotes, like 2024-05-31, and not {value!r}")
            values[key] = value
        elif key == "kind":
            if not isinstance(value, str) or value not in _KINDS:
                raise ConfigurationError(str(path), place, f'must be "full text" or "excerpt", and not {value!r}')
            values["excerpt"] = _KINDS[value]
        else:
            raise ConfigurationError(str(path), place, f"is not known; known keys are {_listed()}")
    return Metadata(**values)  # type: ignore[arg-type]


def _text(path: Path, place: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(str(path), place, f"must be a text in quotes, and not {value!r}")
    if key == "language" and not _LANGUAGE.fullmatch(value):
        raise ConfigurationError(str(path), place, f'must be a language tag like "en" or "fi", and not {value!r}')
    return value


def _listed() -> str:
    return ", ".join(KEYS)
