"""A place where a text says a term: what the lexicon finds and every rule asks for."""

from __future__ import annotations

from typing import Final, final


@final
class Mention:
    """A place where the text says a term of the vocabulary.

    `role` is the term's root kind (``purpose``, ``data``, ``recipient``, ``cue``, …); `weak` says that the form means the term only in a
    fitting context; `form` is the lexical form that matched, which is what provenance names. `start` and `end` are offsets in the text,
    `first` and `last` the numbers of its tokens, half-open as well.
    """

    __slots__ = ("end", "first", "form", "last", "role", "start", "term", "weak")

    def __init__(self, term: str, role: str, start: int, end: int, weak: bool, form: str, first: int, last: int) -> None:
        self.term: Final = term
        self.role: Final = role
        self.start: Final = start
        self.end: Final = end
        self.weak: Final = weak
        self.form: Final = form
        self.first: Final = first
        self.last: Final = last

    def __repr__(self) -> str:
        return f"Mention({self.term!r}, {self.role!r}, {self.start}, {self.end}, {self.weak}, {self.form!r})"
