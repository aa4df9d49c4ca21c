"""WARC files (ISO 28500): each response with a document is a snapshot of its address, and snapshots of one address are one series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import MappingProxyType

from fastwarc import ArchiveIterator, WarcRecord, WarcRecordType

from kg.documents.archives import MAX_RATIO, allowance
from kg.documents.source import Source, address_key
from kg.errors import InputError
from kg.model import Metadata

SUFFIXES = MappingProxyType(
    {
        "text/html": ".html",
        "application/xhtml+xml": ".html",
        "text/plain": ".txt",
        "text/markdown": ".md",
        "application/pdf": ".pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    }
)
"""The reader for each media type; records of other types are passed over."""

_OK = 200
_DOCUMENTS = WarcRecordType.response | WarcRecordType.resource


def read_warc(path: Path, limit: int) -> Iterator[Source | InputError]:
    """The documents of a WARC file, plain or gzipped, in its order; an error in place of each that is refused. `limit` is in bytes.

    Raises:
        InputError: the file cannot be read on.
    """
    most, taken = allowance(path.stat().st_size), 0
    try:
        for record in ArchiveIterator(str(path), auto_decode="all"):
            source = _source(path, record, limit) if record.record_type & _DOCUMENTS else None
            # What is refused or passed over is unpacked as well: it counts, and only so much of it is unpacked.
            taken += len(source.data) if isinstance(source, Source) else limit if source else 0
            taken += record.reader.consume(max(0, most - taken) + 1)
            if taken > most:
                raise InputError(
                    _place(path, record), f"the file unpacks to more than {MAX_RATIO} times its size: refused", "check the file"
                )
            if source:
                yield source
    except (OSError, RuntimeError, ValueError, EOFError) as error:
        raise InputError(str(path), f"cannot be read on as a WARC file: {error}", "check the file") from error


def _source(path: Path, record: WarcRecord, limit: int) -> Source | InputError | None:
    address = _address(record)
    if record.is_http:
        if not record.http_headers or record.http_headers.status_code != _OK:
            return None
        media_type = record.http_content_type
    else:
        media_type = (record.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    suffix = SUFFIXES.get((media_type or "").lower())
    if suffix is None or not address.startswith(("http://", "https://")):
        return None
    place = _place(path, record)
    data = record.reader.read(limit + 1)
    if len(data) > limit:
        return InputError(place, f"has more than the limit of {limit:,} bytes", "take it out of the file")
    return Source(
        place,
        suffix,
        data,
        Metadata(source=address, snapshot=record.record_id or None, observed=_day(record), series=address_key(address)),
        charset=record.http_charset if record.is_http else None,
        position=record.stream_pos,
    )


def _address(record: WarcRecord) -> str:
    return (record.headers.get("WARC-Target-URI") or "").strip("<> ")


def _place(path: Path, record: WarcRecord) -> str:
    moment = record.record_date
    return f"{path}!/{_address(record)}@{moment:%Y%m%d%H%M%S}" if moment else f"{path}!/{_address(record)}"


def _day(record: WarcRecord) -> date | None:
    return record.record_date.date() if record.record_date else None
