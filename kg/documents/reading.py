"""Reads a file, a source or a text into a `Document`."""

from __future__ import annotations

import os
from collections.abc import MutableMapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

from kg.documents.layout import arrange
from kg.documents.pieces import Draft
from kg.documents.readers import READERS, TEXT_READERS, Reader
from kg.documents.sidecar import Sidecar, metadata_for
from kg.documents.source import Source
from kg.errors import InputError
from kg.language import detect, is_foreign, mark_languages
from kg.model import Block, Document, Metadata

LIMIT = 20_000_000
"""The largest document that is read, in bytes."""

_LONG = 80
_NO_TEXT = ("there is no policy text in it, only navigation", "save the page with its main text, as HTML or as plain text")


def read(
    path: Path | str,
    *,
    languages: Sequence[str] = ("en", "fi"),
    limit_bytes: int = LIMIT,
    sidecars: MutableMapping[Path, Sidecar] | None = None,
) -> Document:
    """The document in a file, with what ``policies.toml`` beside it says of it.

    `languages` are the expected ones, for texts too short to tell. Hand the same `sidecars` to all calls of one run, and each
    ``policies.toml`` is read once.

    Raises:
        InputError: no such file, not a known type, too large, empty, binary, encrypted, or without any text but the page's own.
        ConfigurationError: ``policies.toml`` is malformed.
    """
    return read_source(load(path, limit_bytes=limit_bytes, sidecars=sidecars), languages=languages)


def load(path: Path | str, *, limit_bytes: int = LIMIT, sidecars: MutableMapping[Path, Sidecar] | None = None) -> Source:
    """The source that a file is; arguments and errors as for `read`, but for what only the content shows."""
    place = Path(path)
    suffix = place.suffix.lower()
    data = _bytes(place, str(path), limit_bytes, known=suffix in READERS)
    if suffix not in READERS:
        raise InputError(str(path), f'files of type "{place.suffix}" cannot be read', f"known types are {', '.join(READERS)}")
    return Source(str(path), suffix, data, metadata_for(place, sidecars), position=len(data))


def read_source(source: Source, *, languages: Sequence[str] = ("en", "fi")) -> Document:
    """The document in a source.

    Raises:
        InputError: it is empty, binary, damaged, encrypted, or without any text but the page's own.
        KeyError: its suffix is not one of `READERS`.
    """
    if not source.data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise InputError(source.path, "the file is empty", "save the policy's text into it")
    reader = READERS[source.suffix]
    return _document(source.path, reader.open(source.data, source.path, source.charset), source.metadata, languages, reader)


def read_text(
    path_label: str,
    text: str,
    metadata: Metadata | None = None,
    *,
    languages: Sequence[str] = ("en", "fi"),
    suffix: str = ".txt",
) -> Document:
    """The document in a text that is already in memory; `path_label` names it in messages and results, `suffix` its type.

    Raises:
        InputError: the text is empty, or holds nothing but a page's own text.
        KeyError: `suffix` is not one of `TEXT_READERS`.
    """
    reader = TEXT_READERS[suffix]
    return _document(path_label, reader.draft(text), metadata or Metadata(), languages, reader)


def _bytes(place: Path, path: str, limit: int, *, known: bool) -> bytes:
    try:
        size = place.stat().st_size
        if place.is_dir():
            os.scandir(place).close()  # a folder that is closed to us is said to be so
            raise InputError(path, "this is a folder", "give the files in it, or use a command that walks folders")
        if not known:
            return b""
        if size > limit:
            raise InputError(
                path,
                f"the file has {size:,} bytes, more than the limit of {limit:,}",
                "split it, or raise the limit if it really is one policy",
            )
        return place.read_bytes()
    except FileNotFoundError as error:
        raise InputError(path, "there is no such file", "check the path") from error
    except (OSError, ValueError) as error:
        raise InputError(
            path, f"cannot be read: {getattr(error, 'strerror', None) or error}", "check the path and its permissions"
        ) from error


def _document(path: str, draft: Draft, metadata: Metadata, languages: Sequence[str], reader: Reader) -> Document:
    if not draft.text.strip():
        raise InputError(path, *_NO_TEXT)
    language = _language(draft, metadata, languages)
    known = _merged(metadata, draft.metadata)
    if known.language and _primary(known.language) != language:
        known = replace(known, language=language)
    blocks = arrange(draft, lambda line: is_foreign(line, language))
    if not any(_has_words(draft.text, block) for block in blocks if not block.kind.is_furniture):
        raise InputError(path, *_NO_TEXT)
    marked = mark_languages(draft.text, blocks, language)
    return Document(path, draft.text, marked, language, reader.media_type, known, draft.pages)


def _has_words(text: str, block: Block) -> bool:
    return any(map(str.isalpha, text[block.start : block.end]))


def _merged(given: Metadata, found: Metadata) -> Metadata:
    """What is given beside the text wins over what the markup says."""
    missing = {f.name: getattr(found, f.name) for f in fields(Metadata) if getattr(given, f.name) is None}
    return replace(given, **missing)


def _language(draft: Draft, given: Metadata, languages: Sequence[str]) -> str:
    """What is given beside the text holds; what the markup says is only what to expect, for templates often say it wrongly."""
    if given.language:
        return _primary(given.language)
    # Judged by running text from the first quarter on: menus and banners stand before it.
    long = [draft.text[piece.start : piece.end] for piece in draft.pieces if piece.end - piece.start >= _LONG] or [draft.text]
    sample = " ".join(line[:400] for line in long[len(long) // 4 :][:6])
    hint = draft.metadata.language
    return detect(sample, (_primary(hint), *languages) if hint else languages)


def _primary(tag: str) -> str:
    return tag.split("-")[0].lower()
