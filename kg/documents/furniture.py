"""Which pieces are the page's and not the policy's: menus, lists of countries, cookie banners, form errors, tables of contents, footers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from kg.documents import phrases
from kg.documents.looks import Look
from kg.documents.markers import number_depth, series
from kg.documents.pieces import Piece
from kg.model import BlockKind

Furniture = list[BlockKind | None]
_RUN = 5
_LONG_RUN = 10
_MAX_BACK = 40
_MAX_HEADING = 18
_MIN_CONTENTS = 4
_MAX_BANNER = 120


def find_furniture(text: str, pieces: Sequence[Piece], looks: Sequence[Look], foreign: Callable[[str], bool]) -> Furniture:
    """For every piece the kind of furniture that it is, or None. `foreign` tells whether a line is in another language."""
    lines = [text[piece.start : piece.end] for piece in pieces]
    found: Furniture = [piece.kind if piece.kind is not None and piece.kind.is_furniture else None for piece in pieces]
    _banners(lines, looks, found)
    if _only_menu(pieces, lines, looks):
        return [kind or BlockKind.NAVIGATION for kind in found]
    if not pieces:
        return []
    start = _body_start(pieces, lines, looks, found)
    end = _body_end(pieces, lines, looks, found, start)
    _before(pieces, lines, looks, found, start, foreign)
    _after(pieces, lines, looks, found, max(end, start), foreign)
    _within(pieces, lines, looks, found, start, end)
    _contents(pieces, lines, looks, found)
    return found


def _banners(lines: Sequence[str], looks: Sequence[Look], found: Furniture) -> None:
    """Cookie banners: a notice of consent by use with its buttons, or one outside any text about cookies at the very top."""
    for i, line in enumerate(lines):
        if found[i] is not None or not 5 <= looks[i].words <= _MAX_BANNER or not _asks_consent(line):
            continue
        buttons = i + 1
        while buttons < len(lines) and buttons < i + 5 and phrases.BUTTON.fullmatch(lines[buttons]):
            buttons += 1
        if buttons > i + 1 or (i < 2 and not any(phrases.TITLE.search(other) for other in lines[: i + 1])):
            found[i:buttons] = [BlockKind.BANNER] * (buttons - i)


def _asks_consent(line: str) -> bool:
    low = line.lower()
    return any(word in low for word in phrases.COOKIES) and phrases.CONSENT_BY_USE.search(line) is not None


def _only_menu(pieces: Sequence[Piece], lines: Sequence[str], looks: Sequence[Look]) -> bool:
    """A page without a sentence, a list or an address, but with the words of menus."""
    said = [i for i, piece in enumerate(pieces) if piece.kind is None or not piece.kind.is_furniture]
    if any(looks[i].prose or looks[i].last == ":" or (looks[i].contact and not phrases.COPYRIGHT.search(lines[i])) for i in said):
        return False
    return sum(phrases.MENU.fullmatch(lines[i]) is not None for i in said) >= max(3, len(said) // 3)


def _is_body(line: str, look: Look) -> bool:
    return look.prose and phrases.POLICY.search(line) is not None


def _body_start(pieces: Sequence[Piece], lines: Sequence[str], looks: Sequence[Look], found: Furniture) -> int:
    """Where the policy starts: at the title over its first sentence."""
    first = next((i for i, line in enumerate(lines) if found[i] is None and _is_body(line, looks[i])), None)
    if first is None:
        return 0 if not any(look.prose for look in looks) else next(i for i, look in enumerate(looks) if look.prose)
    start, controls, strange = first, 0, 0
    for i in range(first - 1, max(-1, first - _MAX_BACK), -1):
        if found[i] is not None:
            if pieces[i].kind is None:
                break
            continue
        if phrases.MENU.fullmatch(lines[i]):
            controls += 1
            if controls > 1:
                break
        elif i == first - 1 or _of_policy(pieces[i], lines[i], looks[i]):
            start, strange = i, 0
        elif not looks[i].contact:
            strange += 1
            if strange > _RUN:
                break
    return start


def _of_policy(piece: Piece, line: str, look: Look) -> bool:
    return look.dated or piece.kind is BlockKind.HEADING or number_depth(piece.marker) > 0 or phrases.POLICY.search(line) is not None


def _body_end(pieces: Sequence[Piece], lines: Sequence[str], looks: Sequence[Look], found: Furniture, start: int) -> int:
    """One past the last piece that carries a sentence or a marked item of the policy."""
    for i in range(len(lines) - 1, start, -1):
        cell = pieces[i].kind is BlockKind.CELL
        said = looks[i].prose or (looks[i].stops and looks[i].words > 3) or pieces[i].marker or cell or phrases.POLICY.search(lines[i])
        if found[i] is not None or not said or phrases.COPYRIGHT.search(lines[i][:200]):
            continue
        title = looks[i].words <= 6 and phrases.TITLE.search(lines[i])
        if cell or not (title or phrases.MENU.fullmatch(lines[i])) or (pieces[i].marker and _is_introduced(pieces, looks, i)):
            return i + 1
    return start + 1


def _is_introduced(pieces: Sequence[Piece], looks: Sequence[Look], i: int) -> bool:
    """Whether a line with a colon stands over the list that an item is in."""
    while i > 0 and pieces[i].marker and looks[i].last != ":":
        i -= 1
    return looks[i].last == ":"


def _before(
    pieces: Sequence[Piece], lines: Sequence[str], looks: Sequence[Look], found: Furniture, start: int, foreign: Callable[[str], bool]
) -> None:
    """What stands before the policy is furniture where enough of it shows a page; else only what is plainly so."""
    shows_page = _shows_page(pieces, lines, looks, found, 0, start)
    for i in range(start):
        if found[i] is None and (shows_page or _plainly(lines, i) or _strange(lines[i], looks[i], foreign)):
            found[i] = BlockKind.NAVIGATION
    if pieces and found[0] is None and pieces[0].marker == ">" and lines[0][:1] in "*_" and lines[0][-1:] in "*_":
        # A quotation in italics before anything else is a note of whoever saved the page.
        found[0] = BlockKind.NAVIGATION


def _after(
    pieces: Sequence[Piece], lines: Sequence[str], looks: Sequence[Look], found: Furniture, end: int, foreign: Callable[[str], bool]
) -> None:
    """What stands after the policy is a footer from its first sure sign on; the policy's own address lines stay."""
    seen = {line.casefold() for line in lines[:end]}
    sign = next((i for i in range(end, len(lines)) if phrases.COPYRIGHT.search(lines[i]) or phrases.INTERFACE.fullmatch(lines[i])), None)
    if sign is None and _shows_page(pieces, lines, looks, found, end, len(lines)):
        sign = next(i for i in range(end, len(lines)) if phrases.MENU.fullmatch(lines[i]) or not looks[i].contact)
    for i in range(end, len(lines)):
        repeated = i == len(lines) - 1 and lines[i].casefold() in seen and looks[i].words <= 12
        menu = phrases.MENU.fullmatch(lines[i]) and not (i + 1 < len(lines) and looks[i + 1].contact)
        if found[i] is None and ((sign is not None and i >= sign) or repeated or menu or _strange(lines[i], looks[i], foreign)):
            found[i] = BlockKind.FOOTER


def _within(pieces: Sequence[Piece], lines: Sequence[str], looks: Sequence[Look], found: Furniture, start: int, end: int) -> None:
    """Inside the policy only buttons, and long lists of names in alphabetical order that nothing introduces."""
    for i in range(start, min(end, len(lines))):
        if found[i] is None and pieces[i].kind is None and phrases.INTERFACE.fullmatch(lines[i]) and not (i and looks[i - 1].last == ":"):
            found[i] = BlockKind.NAVIGATION
    i = start
    while i < end:
        last = i
        while (
            last < end
            and _is_short(pieces[last], looks[last])
            and not pieces[last].marker
            and found[last] is None
            and not looks[last].contact
        ):
            last += 1
        names = [line.casefold() for line in lines[i:last]]
        if last - i >= _LONG_RUN and (i == 0 or looks[i - 1].last != ":"):
            ordered = sum(one < other for one, other in pairwise(names))
            if ordered > 0.85 * len(names) and not any(phrases.POLICY.search(name) for name in names):
                found[i:last] = [BlockKind.NAVIGATION] * (last - i)
        i = max(last, i + 1)


def _contents(pieces: Sequence[Piece], lines: Sequence[str], looks: Sequence[Look], found: Furniture) -> None:
    """Tables of contents: lines in a row that come back later as headings over text, in the same order."""
    places: dict[str, list[int]] = {}
    for i, line in enumerate(lines):
        if looks[i].words <= _MAX_HEADING and looks[i].last not in ".;,:" and not looks[i].labelled:
            places.setdefault(line.casefold(), []).append(i)
    i = 0
    while i < len(lines):
        last, targets = i, list[int]()
        while last < len(lines) and (again := _later(places.get(lines[last].casefold(), ()), max([last, *targets[-1:]]))):
            targets.append(again)
            last += 1
        apart = sum(other - one > 1 for one, other in pairwise(targets))
        if len(targets) >= _MIN_CONTENTS and apart >= 0.7 * (len(targets) - 1) and targets[0] >= last:
            first, last = _numbered_around(pieces, looks, i, last)
            first -= first > 0 and phrases.CONTENTS.fullmatch(lines[first - 1]) is not None
            found[first:last] = [BlockKind.NAVIGATION] * (last - first)
        i = max(last, i + 1)


def _later(places: Sequence[int], after: int) -> int | None:
    """Where a line comes back; lines that come back often are a table's."""
    return next((place for place in places if place > after), None) if len(places) <= 3 else None


def _numbered_around(pieces: Sequence[Piece], looks: Sequence[Look], first: int, last: int) -> tuple[int, int]:
    """The stretch with the lines of the same numbering beside it, which the headings may word otherwise."""
    kind = series(pieces[first].marker)
    while kind and first > 0 and series(pieces[first - 1].marker) == kind and not looks[first - 1].prose:
        first -= 1
    while kind and last < len(pieces) and series(pieces[last].marker) == kind and not looks[last].prose and not looks[last].stops:
        if number_depth(pieces[last].marker) and pieces[last].marker.strip("().") == "1":
            break
        last += 1
    return first, last


def _shows_page(pieces: Sequence[Piece], lines: Sequence[str], looks: Sequence[Look], found: Furniture, start: int, end: int) -> bool:
    """Whether a stretch has a banner, two controls of a page, or a run of short lines that are no addresses."""
    controls = run = 0
    for i in range(start, end):
        if pieces[i].kind not in (None, BlockKind.ITEM):
            continue
        controls += found[i] is BlockKind.BANNER or phrases.MENU.fullmatch(lines[i]) is not None
        run = run + 1 if _is_short(pieces[i], looks[i]) and not looks[i].contact and not phrases.POLICY.search(lines[i]) else 0
        if controls > 1 or run >= _RUN:
            return True
    return False


def _is_short(piece: Piece, look: Look) -> bool:
    return look.words <= 5 and not look.stops and look.last not in ":;," and not number_depth(piece.marker)


def _plainly(lines: Sequence[str], i: int) -> bool:
    return phrases.INTERFACE.fullmatch(lines[i]) is not None or (i < 2 and phrases.ADDRESS_ONLY.fullmatch(lines[i]) is not None)


def _strange(line: str, look: Look, foreign: Callable[[str], bool]) -> bool:
    """A line at the edge in another language than the policy, which does not speak of privacy: a promotion or a message of the page."""
    return 4 <= look.words <= 40 and not look.contact and not look.dated and not phrases.POLICY.search(line) and foreign(line)
