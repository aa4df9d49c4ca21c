"""A lexical form as docs/lexicon.md has it, and the sequences of words that it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import product
from typing import Final

from kg.errors import ConfigurationError
from kg.tokens import normal, tokenize

_GAP: Final = re.compile(r"\.\.(\d*)$")
_DEFAULT_GAP: Final = 4


class Strength(IntEnum):
    """How much a form says by itself (see docs/lexicon.md)."""

    STRONG = 0
    WEAK = 1
    NOT = 2


@dataclass(frozen=True, slots=True)
class Form:
    """A lexical form of a term as written, with the macros and inflections of its language."""

    term: str
    role: str
    text: str
    strength: Strength
    macros: Mapping[str, str] = field(hash=False, compare=False)
    inflections: tuple[str, ...] = ()
    place: str = ""


def inflect(word: str, inflections: tuple[str, ...]) -> Iterator[str]:
    """The other endings that the rules of a language give a word ("-y>-ies"); a rule without an old ending adds its new one."""
    if len(word) < 3 or not word.isalpha():
        return
    for rule in inflections:
        old, _, new = rule.rpartition(">")
        if word.endswith(old.lstrip("-")):
            yield (word[: len(word) - len(old.lstrip("-"))] if old else word) + new.lstrip("-")


def variants(form: Form) -> Iterator[list[str | int]]:
    """The sequences that a form stands for: optional elements there or not; an int is a gap of at most so many tokens.

    Raises:
        ConfigurationError: the form begins or ends with a gap, has nothing that is always there, or names a macro that is not defined.
    """
    choices: list[list[tuple[str | int, ...]]] = []
    gaps: list[bool] = []
    needed = False
    for piece in form.text.lower().split():
        gap = _GAP.match(piece)
        optional = len(piece) > 1 and piece.endswith("?")
        gaps.append(gap is not None)
        needed = needed or not (gap or optional)
        if gap:
            choices.append([(int(gap.group(1) or _DEFAULT_GAP),)])
        else:
            choices.append([*_cut(_expand(piece[:-1] if optional else piece, form)), *([()] if optional else [])])
    if not needed or gaps[0] or gaps[-1]:
        raise ConfigurationError(
            form.place, f"{form.term} {form.text!r}", "a form neither begins nor ends with a gap, and something in it is always there"
        )
    for combination in product(*choices):
        yield [element for parts in combination for element in parts]


def _expand(piece: str, form: Form) -> str:
    def replace(match: re.Match[str]) -> str:
        if match.group(1) not in form.macros:
            raise ConfigurationError(
                form.place, f"{form.term} {form.text!r}", f"the macro {{{match.group(1)}}} is not defined in this language"
            )
        return form.macros[match.group(1)].lower()

    return re.sub(r"\{([\w-]+)\}", replace, piece)


def _cut(piece: str) -> list[tuple[str, ...]]:
    """What an element is in tokens: alternatives of one token stay together, those with inner punctuation are sequences of their own."""
    single: list[str] = []
    longer: list[tuple[str, ...]] = []
    for word in piece.split("|"):
        stem = len(word) > 2 and word.endswith("-")
        parts = tokenize(word[:-1] if stem else word).norms
        if len(parts) < 2 or word.startswith(("=", "-")):
            single.append(word)
        else:
            longer.append((*parts[:-1], parts[-1] + "-" * stem))
    return [*([("|".join(single),)] if single else []), *longer]


class Elements:
    """All distinct elements of all forms, and for every word which of them it matches."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, tuple[str, ...]], int] = {}
        self._exact: dict[str, set[int]] = {}
        self._prefixes: dict[str, set[int]] = {}
        self._inner: list[tuple[str, bool, int]] = []

    def identify(self, element: str, inflections: tuple[str, ...]) -> int:
        """The number of an element; identical elements share one."""
        key = (element, inflections)
        if key in self._ids:
            return self._ids[key]
        number = self._ids[key] = len(self._ids)
        for alternative in element.split("|"):
            self._add(alternative, number, inflections)
        return number

    def _add(self, word: str, number: int, inflections: tuple[str, ...]) -> None:
        if word.startswith("=") and len(word) > 1:
            self._exact.setdefault(normal(word[1:]), set()).add(number)
        elif len(word) > 2 and word.startswith("-"):
            self._inner.append((word.strip("-"), not word.endswith("-"), number))
        elif len(word) > 2 and word.endswith("-"):
            self._prefixes.setdefault(word[:-1], set()).add(number)
        else:
            word = normal(word)
            for variant in (word, *inflect(word, inflections)):
                self._exact.setdefault(variant, set()).add(number)

    def of(self, word: str) -> frozenset[int]:
        """The numbers of the elements that a normalised word matches."""
        found = set(self._exact.get(word, ()))
        for length in range(2, len(word) + 1):
            found.update(self._prefixes.get(word[:length], ()))
        found.update(number for part, final, number in self._inner if (word.endswith(part) if final else part in word))
        return frozenset(found)
