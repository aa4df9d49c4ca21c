"""Archives read member by member, in memory: bombs, path tricks and encrypted members are refused. Nothing is unpacked to disk."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Self

from kg.errors import InputError

MAX_MEMBERS = 5_000_000
MAX_RATIO = 200
"""How many times larger the content may be than the archive, from `RATIO_FROM` bytes of content on: short texts of one letter pack well."""
RATIO_FROM = 16_000_000

MAX_HEADER = 1_000_000
"""How many bytes the headers of a tar archive may have that hold long names and the like: they are read whole."""

_ENCRYPTED = 0x1
# What unpacks no more at a time than it is asked for.
_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_READ_WHOLE = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
_BOMB_REMEDY = "this looks like a bomb; unpack it yourself if you trust it"
_NAME_REMEDY = "pack the archive again with plain relative names"
DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    gzip.BadGzipFile,
    NotImplementedError,
    RecursionError,
    UnicodeError,
    ValueError,
)
"""What reading a damaged archive may raise."""


class Member(NamedTuple):
    """A file in an archive: its name, its content, and how many bytes of the archive were read when it ended."""

    name: str
    data: bytes
    position: int


Members = Iterator[Member | InputError]


def allowance(size: int) -> int:
    """How many bytes may come out of a file of `size` bytes."""
    return max(RATIO_FROM, MAX_RATIO * size)


def read_zip(path: Path, wanted: Callable[[str], bool], limit: int) -> Members:
    """The wanted members of a ZIP archive in its order; an error in place of each that is refused. `limit` is the largest, in bytes.

    Raises:
        InputError: the archive as a whole is refused.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_zip(archive, str(path), path.stat().st_size)
            for info in archive.infolist():
                if info.is_dir() or _hidden(info.filename):
                    continue
                place = f"{path}!/{info.filename}"
                try:
                    if _refused(place, info.filename, info.file_size, limit, wanted):
                        continue
                    check_packing(info, place)
                    # A read without a bound unpacks a gigabyte before it cuts to the declared size.
                    with archive.open(info) as file:
                        content = file.read(info.file_size)
                    yield Member(info.filename, content, info.header_offset + info.compress_size)
                except InputError as error:
                    yield error
                except DAMAGED as error:
                    yield InputError(place, f"is damaged: {error}", "pack the archive again")
    except (*DAMAGED, OSError) as error:
        raise InputError(str(path), f"cannot be read as a ZIP archive: {error}", "check the file") from error


def check_zip(archive: zipfile.ZipFile, path: str, size: int) -> None:
    """Looks at a ZIP archive of `size` bytes as a whole, before anything in it is read.

    Raises:
        InputError: it holds too many members, too much for its size, or a member that only a password opens.
    """
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise InputError(path, f"has {len(infos):,} members, more than the limit of {MAX_MEMBERS:,}", "split the archive")
    locked = next((info for info in infos if info.flag_bits & _ENCRYPTED), None)
    if locked is not None:
        raise InputError(f"{path}!/{locked.filename}", "is encrypted", "pack the archive again without a password")
    content = sum(info.file_size for info in infos)
    if content > allowance(size):
        worst = max(infos, key=lambda info: info.file_size)
        raise InputError(
            f"{path}!/{worst.filename}", f"the archive has {size:,} bytes and would unpack to {content:,}: refused", _BOMB_REMEDY
        )


def check_packing(info: zipfile.ZipInfo, place: str) -> None:
    """Looks at how a member is packed, before it is read.

    Raises:
        InputError: in a way that may unpack to anything in one go.
    """
    if info.compress_type not in _BOUNDED:
        reason = f"is packed by method {info.compress_type} of ZIP, and only stored and deflated members are read"
        raise InputError(place, reason, "pack the archive again without choosing a method")


def read_tar(path: Path, wanted: Callable[[str], bool], limit: int) -> Members:
    """The wanted members of a tar archive, plain or gzipped, in its order; errors as in `read_zip`.

    Raises:
        InputError: the archive as a whole is refused.
    """
    try:
        with path.open("rb") as file:
            packed = file.peek(2)[:2] == b"\x1f\x8b"
            stream = _Metered(gzip.GzipFile(fileobj=file) if packed else file, file, str(path))
            size = path.stat().st_size
            with tarfile.open(fileobj=io.BufferedReader(stream, 1 << 16), mode="r|", tarinfo=_Header) as archive:
                for count, info in enumerate(archive):
                    # Else it keeps each, and all that global headers said.
                    archive.members.clear()  # type: ignore[attr-defined]
                    archive.pax_headers = {}
                    if count >= MAX_MEMBERS:
                        raise InputError(str(path), f"has more members than the limit of {MAX_MEMBERS:,}", "split the archive")
                    stream.member = f"{path}!/{info.name}"
                    try:
                        if _is_file(info, stream.member) and not _refused(stream.member, info.name, info.size, limit, wanted):
                            content = archive.extractfile(info)
                            yield Member(info.name, content.read() if content else b"", file.tell())
                    except InputError as error:
                        if stream.exhausted:
                            raise
                        yield error
                    # What is declared is sought, even if no file could hold it.
                    stream.allow(archive.offset, size)
    except (*DAMAGED, OSError) as error:
        raise InputError(str(path), f"cannot be read as a tar archive: {error}", "check the file") from error


class _Header(tarfile.TarInfo):
    """A header that ends the reading where it is damaged, which `tarfile` takes for the archive's end, or too large to be read whole."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if buf.strip(b"\x00"):
                raise tarfile.ReadError(str(error)) from error
            raise
        if header.type in _READ_WHOLE and not 0 <= header.size <= MAX_HEADER:
            raise tarfile.ReadError(f"it has a header of {header.size:,} bytes, and the limit is {MAX_HEADER:,}")
        return header


class _Metered(io.RawIOBase):
    """A stream that ends in an error where much more comes out of it than goes in."""

    def __init__(self, stream: io.BufferedIOBase, file: io.BufferedReader, path: str) -> None:
        self._stream, self._file, self._path, self._read = stream, file, path, 0
        self.member, self.exhausted = path, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self._read += len(data)
        self.allow(self._read, self._file.tell())
        buffer[: len(data)] = data
        return len(data)

    def allow(self, content: int, size: int) -> None:
        """Looks at what comes out of how much.

        Raises:
            InputError: it is too much.
        """
        if content > allowance(size):
            self.exhausted = True
            raise InputError(self.member, f"unpacks to more than {MAX_RATIO} times the archive's size: refused", _BOMB_REMEDY)


def _is_file(info: tarfile.TarInfo, place: str) -> bool:
    """Whether a member is to be looked at; a folder is not.

    Raises:
        InputError: it is neither a file nor a folder, or its holes would be filled from nothing.
    """
    if info.isdir() or _hidden(info.name):
        return False
    if not info.isfile() or info.issparse():
        raise InputError(place, "is a link or a device or has holes, and is no plain file", "pack the files themselves")
    return True


def _hidden(name: str) -> bool:
    """What file managers put into archives beside the files."""
    return any(part == "__MACOSX" or (part[0] == "." and part != "." and part[:2] != "..") for part in PurePosixPath(name).parts)


def _refused(place: str, name: str, size: int, limit: int, wanted: Callable[[str], bool]) -> bool:
    """Whether a member is passed over as no document.

    Raises:
        InputError: its name leads out of the archive, it is too large, or it is an archive itself.
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not name or "\x00" in name or ".." in parts or name.startswith(("/", "\\")) or name[1:2] == ":":
        raise InputError(place, "its name leads out of the archive: refused", _NAME_REMEDY)
    if name.lower().endswith((".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar", ".warc", ".warc.gz")):
        raise InputError(place, "is an archive within an archive: refused", "give the inner archive by itself")
    if not wanted(name):
        return True
    if size > limit:
        raise InputError(place, f"has {size:,} bytes, more than the limit of {limit:,}", "split it, if it really is one policy")
    return False
