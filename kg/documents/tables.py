"""JSON Lines and Parquet: a row is a document, whose text or HTML stands in a column; columns named like the keys of ``policies.toml``
are its metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kg.documents.sidecar import DATE_KEYS, KEYS, record
from kg.documents.source import Source, address_key
from kg.errors import ConfigurationError, InputError, MissingComponentError

ID = "id"
_TAG = re.compile(r"<(?:!doctype|html|body|div|p|h[1-6]|ul|ol|li|table|br|span|section|main|article)\b[^>]*>", re.I)
_ROWS = 256


def read_jsonl(path: Path, column: str, limit: int) -> Iterator[Source | InputError]:
    """The rows of a JSON Lines file in order, an error in place of each that is no document. `limit` is of a line, in bytes.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            number, position = 0, 0
            while line := file.readline(limit + 1):
                number += 1
                position += len(line)
                place = f"{path}!/{number}"
                if len(line) > limit and not line.endswith(b"\n"):
                    while (rest := file.readline(limit)) and not rest.endswith(b"\n"):
                        position += len(rest)
                    yield InputError(place, f"has more than the limit of {limit:,} bytes", "split it, if it really is one policy")
                elif line.strip():
                    yield _parsed(path, place, line, column, position)
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror or error}", "check the path and its permissions") from error


def _parsed(path: Path, place: str, line: bytes, column: str, position: int) -> Source | InputError:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return InputError(place, f"is no JSON: {error}", "each line must be one JSON object")
    if not isinstance(row, dict):
        return InputError(place, "is no JSON object", "each line must be one JSON object")
    return row_source(path, place, row, column, position)


def read_parquet(path: Path, column: str, limit: int) -> Iterator[Source | InputError]:
    """The rows of a Parquet file in order; errors as in `read_jsonl`.

    Raises:
        InputError: it is no Parquet file, or lacks the column.
        MissingComponentError: pyarrow is not installed.
    """
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise MissingComponentError("pyarrow", "Parquet needs it; install it with: pip install 'policy-kg[parquet]'") from error
    size = path.stat().st_size
    try:
        with ParquetFile(path) as file:
            names = file.schema_arrow.names
            if column not in names:
                raise InputError(str(path), f'has no column "{column}"', f"name one of {', '.join(names)} with --column")
            total, number = max(1, file.metadata.num_rows), 0
            for batch in file.iter_batches(_ROWS, columns=[name for name in names if name in (column, ID, *KEYS)]):
                for row in batch.to_pylist():
                    number += 1
                    place = f"{path}!/{number}"
                    text = row.get(column)
                    if isinstance(text, (str, bytes)) and len(text) > limit:
                        yield InputError(place, f"has more than the limit of {limit:,} bytes", "split it, if it really is one policy")
                    else:
                        yield row_source(path, place, row, column, size * number // total)
    except (ArrowException, OSError, ValueError, OverflowError) as error:  # the last two: text that is no UTF-8, days out of the calendar
        raise InputError(str(path), f"cannot be read as Parquet: {error}", "check the file") from error


def row_source(path: Path, place: str, row: Mapping[str, Any], column: str, position: int = 0) -> Source | InputError:
    """The document in a row of the data set `path`; `place` names the row where it has no column ``id``."""
    if isinstance(row.get(ID), (str, int)):
        place = _whole(f"{path}!/{row[ID]}")
    if column not in row:
        return InputError(place, f'has no column "{column}"', f"name one of {', '.join(map(str, row))} with --column")
    text = row[column]
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if not isinstance(text, str) or not text.strip():
        return InputError(place, f'the column "{column}" holds no text', "leave the row out, or name another column with --column")
    try:
        metadata = record(path, place, {key: _value(key, value) for key, value in row.items() if key in KEYS and value not in (None, "")})
    except ConfigurationError as error:
        return InputError(place, f"{error.place} {error.reason}", "mend the row")
    if metadata.source and not (metadata.series or metadata.title):
        metadata = replace(metadata, series=address_key(metadata.source))
    suffix = ".html" if _TAG.search(text, 0, 20_000) else ".txt"
    return Source(place, suffix, _whole(text).encode(), metadata, "utf-8", position)


def _whole(text: str) -> str:
    """The text with "?" for each lone surrogate, which is legal in JSON and is no character."""
    return text.encode("utf-8", "replace").decode()


def _value(key: str, value: object) -> object:
    """A value as ``policies.toml`` would hold it: data sets write a day as a text, or with a time."""
    if isinstance(value, str):
        value = _whole(value)
    if key not in DATE_KEYS:
        return value
    if isinstance(value, datetime):
        return value.date()
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else value
    except ValueError:
        return value
