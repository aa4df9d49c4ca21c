"""Bytes to text: byte order marks, declared and detected character sets, and a refusal of binary files."""

from __future__ import annotations

import codecs
import re

from kg.errors import InputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or office file"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\xd0\xcf\x11\xe0", "an old office file"),
)
_META_CHARSET = re.compile(
    rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})|<\?xml[^>]{0,100}?encoding=["']([\w.:-]{2,40})""", re.I
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 65_536
_REMEDY = "give the file the ending of what it is, or save its text"


def decode(data: bytes, path: str, *, declared: str | None = None) -> str:
    """The text of a file, without its byte order mark and with its line ends as they are.

    Tried in turn: byte order mark, UTF-16 without one, UTF-8, the `declared` character set, detection, windows-1252. UTF-8 with a few
    wrong bytes stays UTF-8; the wrong bytes are read as windows-1252.

    Raises:
        InputError: the file is binary.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, errors="replace")
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise InputError(path, f"this is {what}, not text", _REMEDY)
    sample = data[:_SAMPLE]
    if b"\x00" in sample:
        return _without_mark(data, sample, path)
    if len(_CONTROL.findall(sample)) > max(8, len(sample) // 50):
        raise InputError(path, "this is a binary file, not text", _REMEDY)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _known(declared) not in (None, "utf-8"):
            return data.decode(_known(declared) or "", errors="replace")
        return _mended(data) if _mostly_utf8(data) else _detected(data, error)


def declared_charset(data: bytes) -> str | None:
    """The character set that the markup itself names, or None."""
    found = _META_CHARSET.search(data[:4096])
    return (found[1] or found[2]).decode("ascii") if found else None


def _known(name: str | None) -> str | None:
    """The character set of a name, if it is one that text can be read in: Python's codecs include others."""
    if not name:
        return None
    try:
        found = codecs.lookup(name).name
        b"a".decode(found, "replace")
    except (LookupError, ValueError):
        return None
    # Pages that say Latin-1 mean windows-1252, as the HTML standard has it.
    return "cp1252" if found in ("iso8859-1", "ascii") else found


def _without_mark(data: bytes, sample: bytes, path: str) -> str:
    """UTF-16 whose byte order shows in where the zero bytes stand; anything else with zero bytes is binary."""
    half = max(1, len(sample) // 2)
    for name, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if zeros.count(0) > 0.6 * half and sample.count(0) - zeros.count(0) < 0.05 * half:
            return data.decode(name, errors="replace")
    raise InputError(path, "this is a binary file, not text", _REMEDY)


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(1 for letter in text if letter > "\x7f") - wrong
    return right >= 2 * wrong


def _mended(data: bytes) -> str:
    parts: list[str] = []
    at = 0
    while at < len(data):
        try:
            parts.append(data[at:].decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            parts.append(data[at : at + error.start].decode("utf-8"))
            parts.append(data[at + error.start : at + error.end].decode("cp1252", errors="replace"))
            at += error.end
    return "".join(parts)


def _detected(data: bytes, error: UnicodeDecodeError) -> str:
    from resiliparse.parse.encoding import detect_encoding

    # The detector looks at the start of what it is given: let it see the first byte that is not ASCII.
    start = max(0, error.start - 1024)
    name = _known(detect_encoding(data[start : start + _SAMPLE]))
    if name in (None, "utf-8"):
        name = "cp1252"
    return data.decode(name or "cp1252", errors="replace")
