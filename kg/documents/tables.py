"""JSON Lines and Parquet: a row is a document, whose text or HTML stands in a column; columns named like the keys of ``policies.toml``
are its metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.documents.archives import MAX_RATIO, allowance
from kg.documents.sidecar import DATE_KEYS, KEYS, record
from kg.documents.source import Source, address_key
from kg.errors import ConfigurationError, InputError, MissingComponentError

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyarrow.parquet import ParquetFile

ID = "id"
_TAG = re.compile(r"<(?:!doctype|html|body|div|p|h[1-6]|ul|ol|li|table|br|span|section|main|article)\b[^>]*>", re.I)
# Few, for the values of a batch are in memory together; and each value once, however often it is repeated.
_ROWS = 16
_TOO_MUCH = f"the file unpacks to more than {MAX_RATIO} times its size: refused"


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
    """The rows of a Parquet file in order; errors as in `read_jsonl`. `limit` is of a row.

    Raises:
        InputError: it is no Parquet file, lacks the column, or holds too much for its size.
        MissingComponentError: pyarrow is not installed.
    """
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile, read_metadata
    except ImportError as error:
        raise MissingComponentError("pyarrow", "Parquet needs it; install it with: pip install 'policy-kg[parquet]'") from error
    size = path.stat().st_size
    try:
        metadata = read_metadata(path)
        leaves = range(len(metadata.schema))
        texts = [leaf for leaf in leaves if metadata.schema.column(leaf).physical_type == "BYTE_ARRAY"]
        with ParquetFile(path, metadata=metadata, read_dictionary=texts, pre_buffer=False, buffer_size=1 << 20) as file:
            names = _columns(path, file, column)
            # Not by column: of a chunk that contradicts itself, pyarrow's metadata end the process.
            if sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups)) > allowance(size):
                raise InputError(str(path), _TOO_MUCH, "check the file")
            total, taken = max(1, metadata.num_rows), 0
            for number, row in enumerate(_rows(file, names), 1):
                place = f"{path}!/{number}"
                taken += row.nbytes
                if taken > allowance(size):
                    raise InputError(place, _TOO_MUCH, "check the file")
                if row.nbytes > limit:
                    yield InputError(place, f"has more than the limit of {limit:,} bytes", "split it, if it really is one policy")
                else:
                    yield row_source(path, place, row.to_pylist()[0], column, size * number // total)
    except (ArrowException, OSError, ValueError, OverflowError) as error:  # the last two: text that is no UTF-8, days out of the calendar
        raise InputError(str(path), f"cannot be read as Parquet: {error}", "check the file") from error


def _columns(path: Path, file: ParquetFile, column: str) -> list[str]:
    """The columns to be read.

    Raises:
        InputError: the file lacks `column`, or one of them holds what no text, number or day is: a small file may repeat it without end.
    """
    from pyarrow.types import is_fixed_size_binary, is_nested

    schema = file.schema_arrow
    if column not in schema.names:
        raise InputError(str(path), f'has no column "{column}"', f"name one of {', '.join(schema.names)} with --column")
    fields = [field for field in schema if field.name in (column, ID, *KEYS)]
    for field in fields:
        if is_nested(field.type) or is_fixed_size_binary(field.type):
            reason = f'the column "{field.name}" holds what is no text, number or day'
            raise InputError(str(path), reason, "make texts of it, or give the column another name")
    return [field.name for field in fields]


def _rows(file: ParquetFile, names: list[str]) -> Iterator[RecordBatch]:
    """Each row by itself, its texts as they are and no longer as references to what is repeated."""
    from pyarrow import DictionaryArray, RecordBatch

    for batch in file.iter_batches(_ROWS, columns=names):
        for number in range(batch.num_rows):
            values = batch.slice(number, 1).columns
            plain = [value.dictionary_decode() if isinstance(value, DictionaryArray) else value for value in values]
            yield RecordBatch.from_arrays(plain, batch.schema.names)


def row_source(path: Path, place: str, row: Mapping[str, Any], column: str, position: int = 0) -> Source | InputError:
    """The document in a row of the data set `path`; `place` names the row where it has no column ``id``."""
    if isinstance(row.get(ID), (str, int)) and row[ID] != "":
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
