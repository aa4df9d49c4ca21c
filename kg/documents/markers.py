"""Bullets and numbers at the start of a line."""

from __future__ import annotations

import re

_BULLETS = "•●∙·▪▫■□◦○‣⁃➢➤►▶▸✓✔✦❖◆◇★\uf0b7\uf0a7\uf0d8\uf076\u2043\u2022"
_BULLET = re.compile(rf"(?:[{_BULLETS}]+|[-*+–—−](?=[\s\"“(])|(?:[*\-–]\s?)?[{_BULLETS}]|o(?=\t|\s{{2,}}))\s*")
_NUMBER = re.compile(
    r"""(?:
        (?:(?:article|section|part|chapter|clause|kohta|artikla|§)\s?)?\(?\d{1,2}(?:\.\d{1,2}){0,4}(?:[.):]|\.\)|\s?[-–](?=\s))(?=\s|[^\W\d])
      | (?:§\s?)?\d{1,2}(?:\.\d{1,2}){1,4}(?=\s)
      | \((?:[a-zA-Z]|[ivx]{1,5})\)
      | (?:[a-zA-Z]|[ivx]{1,5}|[IVX]{1,5})[.)](?=\s)
    )\s*""",
    re.X | re.I,
)
_BARE_NUMBER = re.compile(r"\d{1,2}(?=\s+[A-ZÀ-Þ])")
_ROMAN = re.compile(r"[ivxIVX]+")


def split_marker(line: str) -> tuple[str, int]:
    """The marker of a trimmed line, and where its text begins: ``("1.", 3)`` for "1. Cookies", ``("", 0)`` without a marker.

    Bullets are given as "•" whatever they look like; a number may follow one ("•a.").
    """
    at, marker = 0, ""
    found = _BULLET.match(line)
    if found:
        marker, at = "•", found.end()
        again = _BULLET.match(line, at)
        at = again.end() if again else at
    found = _NUMBER.match(line, at)
    if found and found.end() <= len(line) and not _abbreviation(line, found.end()):
        marker, at = marker + found[0].strip(), found.end()
    return marker, at


def is_bullet(marker: str) -> bool:
    """Whether the marker is or begins with a bullet, and is not just a number or letter."""
    return marker.startswith("•")


def number_depth(marker: str) -> int:
    """How deep a number says that it is: 1 for "3.", 2 for "3.1", 0 for letters and bullets."""
    digits = re.findall(r"\d+", marker)
    return len([part for i, part in enumerate(digits) if i == 0 or part != "0"])


def series(marker: str) -> str:
    """Markers of one list have one series: "1)" and "2)", "a." and "b.", "•" and "•"."""
    if not marker or is_bullet(marker):
        return marker[:1]
    shape = re.sub(r"\d+", "1", marker)
    if "1" in shape:
        return shape
    core = marker.strip("().")
    kind = "i" if len(core) > 1 and _ROMAN.fullmatch(core) else "a"
    return marker.replace(core, kind if core.islower() else kind.upper())


def bare_number(line: str) -> int:
    """Where the text begins after a section number without a full stop ("3 Cookies"); 0 without one."""
    found = _BARE_NUMBER.match(line)
    return len(line) - len(line[found.end() :].lstrip()) if found else 0


def _abbreviation(line: str, at: int) -> bool:
    """Initials and abbreviations ("A. B. Smith", "i. e.") are not markers."""
    return at >= 2 and line[at : at + 2].rstrip(" ").endswith(".") and len(line[at : at + 2].strip()) == 2
