"""Finds who speaks: the controller's name, its short forms, and the names that the text defines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import takewhile
from string import ascii_uppercase
from typing import Final, final

from kg.extract.scene import Scene
from kg.iris import slug
from kg.lexicon import Lexicon
from kg.mention import Mention
from kg.model import Document, Organisation

_SMALL: Final = frozenset({"of", "and", "&", "the", "for", "de", "la", "und", "ja", "-", "."})
_QUOTED: Final = re.compile(r"[\"“”„«'‘’]\s*([^\"“”„«»'‘’()]{2,40}?)\s*[\"“”»'‘’]")
_NO_NAME: Final[tuple[str, ...]] = ("data", "law", "place", "pk:PolicyName", "pk:SecondParty")
_LONGEST: Final = 7
_OPENING: Final = 30
_FIRST: Final = 8
_ANNOUNCED: Final = 25
_ENOUGH: Final = 4
_SHORTEST: Final = 4
_REPEATED: Final = 2
_BESIDES: Final = 2
_CAMEL: Final = re.compile(r"[a-z]{1,2}[A-Z]\w+")
_CAPITALISED: Final = re.compile(r"\b(?:[A-Z]|\d+[A-Za-z])\w*(?: [a-z]+){0,2} $")
_SMALL_WORD: Final = re.compile(r"\b[a-z]+\b")
_HOSTED: Final = r"(?:https?://)?(?:www\.)?((?:[A-Za-z0-9-]++\.)+[a-z]{2,})/?"
_ADDRESS: Final = re.compile(_HOSTED)
_ADDRESSES: Final = re.compile(r"(?<![A-Za-z0-9-])" + _HOSTED)
_WORD: Final = 40
_BRACKET: Final = re.compile(r"\s*\(([^()]{2,60})\)")
_HOST: Final = re.compile(r"(?:https?://)?(?:www\.)?([a-z0-9-]+)\.[a-z.]{2,}", re.IGNORECASE)


@final
class Name:
    """A capitalised run of tokens that may name an organisation."""

    __slots__ = ("end", "legal", "scene", "start", "text")

    def __init__(self, text: str, start: int, end: int, scene: Scene, legal: bool) -> None:
        self.text: Final = text
        self.start: Final = start
        self.end: Final = end
        self.scene: Final = scene
        self.legal: Final = legal


def candidates(scene: Scene, common: frozenset[str]) -> list[Name]:
    """The proper names in a clause: capitalised runs with a word that the document never writes small and no lexicon knows."""
    cues = scene.cues("pk:LegalFormCue")
    forms = {m.first: m.last for m in cues}
    plain = {m.first for m in cues if not m.weak and _capital(scene.text, m.start)}
    known = [mention for kind in _NO_NAME for mention in scene.of(kind)]
    names: list[Name] = []
    number = scene.first
    tokens, text = scene.tokens, scene.text
    while number < scene.last:
        # A name before a legal form may be written small: "acorn GmbH".
        begins = _capital(text, tokens.starts[number]) or (bool(plain) and number + 1 in plain and tokens.norms[number].isalnum())
        if not begins or _inside(tokens.starts[number], known):
            number += 1
            continue
        stop = limit = number + 1
        while limit < scene.last and limit - number < _LONGEST and _continues(scene, limit):
            limit += 1
            if limit - 1 == stop and not _inside(tokens.starts[stop], known):
                stop = limit
        while stop > number + 1 and tokens.norms[stop - 1] in _SMALL:
            stop -= 1
        comma = limit + 1 < scene.last and tokens.norms[limit] == "," and limit + 1 in plain
        form = next((n for n in range(limit + comma, number, -1) if n in forms), None)
        legal = forms[form] if form is not None else None
        if legal is not None:
            stop = legal
            while stop + 1 < scene.last and tokens.norms[stop] == "." and stop + 1 in forms:
                stop = forms[stop + 1]
        words = tokens.norms[number:stop]
        if form in plain or any(word not in common and len(word) > 1 for word in words if word not in _SMALL):
            while words and words[0] in common and len(words) > 1 and legal is None:
                number, words = number + 1, words[1:]
            start, end = tokens.starts[number], tokens.ends[stop - 1]
            names.append(Name(text[start:end], start, end, scene, legal is not None))
        number = max(stop, number + 1)
    return names


def _inside(place: int, mentions: list[Mention]) -> bool:
    return any(mention.start <= place < mention.end for mention in mentions)


def _capital(text: str, place: int) -> bool:
    if _large(text, place):
        return True
    if _small(text, place) and not (_large(text, place + 1) or _large(text, place + 2)):
        return False  # As most words are, this one is small: not even "iPhone".
    if text[place].islower() and (match := _CAMEL.match(text, place)):
        return len(match.group()) > 3
    return text[place].isupper() or (text[place].isdigit() and text[place + 1 : place + 2].isalpha())


def _large(text: str, place: int) -> bool:
    return place < len(text) and 65 <= ord(text[place]) <= 90


def _small(text: str, place: int) -> bool:
    return 97 <= ord(text[place]) <= 122


def _continues(scene: Scene, number: int) -> bool:
    """Whether a token goes on with a name: capitalised, or a small joining word before a capitalised one."""
    start = scene.tokens.starts[number]
    gap = scene.text[scene.tokens.ends[number - 1] : start]
    if "\n" in gap or len(gap) > 1:
        return False
    if _capital(scene.text, start) or scene.text[start].isdigit():
        return True
    following = number + 1
    return scene.tokens.norms[number] in _SMALL and following < scene.last and _capital(scene.text, scene.tokens.starts[following])


def common_words(document: Document, scenes: Iterable[Scene], lexicon: Lexicon) -> frozenset[str]:
    """The words that the document writes small somewhere or that the lexicon knows: no name is made of these alone.

    A word with a capital inside ("AcornHouse") stays a name where it is also written small.
    """
    text = document.text
    words: set[str] = set()
    for scene in scenes:
        norms, starts = scene.tokens.norms, scene.tokens.starts
        for number in range(scene.first, scene.last):
            norm = norms[number]
            if norm not in words and (_small(text, starts[number]) or text[starts[number]].islower() or lexicon.knows(norm)):
                words.add(norm)
    for place in _inner_capitals(text):
        word = _word(text, place)
        if not lexicon.knows(word):
            words.discard(word)
    return frozenset(words)


def _inner_capitals(text: str) -> list[int]:
    """Where a capital follows right on a small letter. Finding each of them is many times faster than to match every character."""
    places: list[int] = []
    for capital in ascii_uppercase:
        place = text.find(capital, 1)
        while place > 0:
            if _small(text, place - 1):
                places.append(place)
            place = text.find(capital, place + 1)
    return places


def _word(text: str, place: int) -> str:
    """The word around a place, small."""
    start = end = place
    while start and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end].lower()


def find_controller(scenes: list[Scene], common: frozenset[str]) -> Name | None:
    """The name that is introduced as the controller's, stands in the title or bears a legal form; None where no name does."""
    score: Counter[str] = Counter()
    first: dict[str, Name] = {}
    introduced = False
    for scene in scenes:
        if scene.is_furniture:
            continue
        cues = scene.cues("pk:ControllerIntroduction")
        announced = introduced or "pk:TopicController" in scene.nearest
        introduced = scene.states("pk:ControllerIntroduction", "pk:TopicController") and scene.last - scene.first <= _ANNOUNCED
        titled = scene.is_heading and scene.has("pk:PolicyName")
        if not (cues or titled or scene.clause.number < _OPENING or scene.has("pk:LegalFormCue", "pk:NameFollows", "pk:PolicyName")):
            continue
        written = candidates(scene, common)
        defined = [name for cue in scene.cues("pk:NameFollows") if (name := _defined(scene, cue)) is not None]
        linked = list(_linked(scene)) if scene.clause.number < _FIRST else []
        spoken = list(_speaking(scene))
        others = [each for each in (*defined, *linked, *spoken) if all(each.start != other.start for other in written)]
        for name in (*(_longer(name, spoken) for name in written), *others):
            if any(m.start >= name.start and m.end <= name.end for m in scene.of("organisation")):
                continue
            key = name.text.casefold()
            first.setdefault(key, name)
            acting = any(0 <= m.start - name.end <= 12 for m in scene.of("processing") if not m.weak)
            if name.start == scene.start and " " not in name.text and not name.legal and not titled and not acting:
                continue
            score[key] += 1 + 2 * name.legal + 4 * titled + 2 * (scene.clause.number < _FIRST and scene.has("pk:PolicyName"))
            score[key] += 4 * (name.legal and announced) + 8 * _speaks(scene, name) + 3 * (name in linked)
            if (
                scene.cues("pk:NameFollows")
                and name.start >= scene.cues("pk:NameFollows")[0].end
                and name.start - scene.cues("pk:NameFollows")[0].end <= 3
            ):
                score[key] += 6
            score[key] += 2 * acting
            for cue in cues:
                distance = max(cue.start - name.end, name.start - cue.end)
                score[key] += 10 if distance <= 3 else 4 if distance < 30 else 0
    best = max(score, key=lambda key: (score[key], -first[key].start), default=None)
    if best is None or score[best] < _ENOUGH:
        return None
    full = [key for key in score if score[key] >= _ENOUGH and _incorporated(first[key]) and akin(first[key].text, first[best].text)]
    if full:
        return first[max(full, key=lambda key: (score[key], -first[key].start))]
    return _whole(first[best], [first[key] for key in score if score[key] >= _ENOUGH])


def _whole(name: Name, others: Iterable[Name]) -> Name:
    """The name with what nearly always goes with it: words after it, as another name has them, and capitalised words before it."""
    text = name.scene.text
    often = text.count(name.text)
    longer = [each for each in others if each.text.startswith(f"{name.text} ") and 2 * text.count(each.text) > often]
    name = max(longer, key=lambda each: len(each.text), default=name)
    while (before := _CAPITALISED.search(text, max(0, name.start - _WORD), name.start)) is not None:
        whole = text[before.start() : name.end]
        if before.group().strip().casefold() in _SMALL or text.count(whole) < max(_REPEATED, text.count(name.text)):
            break
        name = Name(whole, before.start(), name.end, name.scene, name.legal)
    return name


def _incorporated(name: Name) -> bool:
    """Whether a name ends with the form of a company, and not with a word like "Services" that some names end with."""
    return any(name.start < cue.start and cue.end == name.end for cue in name.scene.cues("pk:LegalFormCue", strong=True))


def _speaks(scene: Scene, name: Name) -> bool:
    """Whether the text gives the name to the one who speaks in it: followed by ("we") or the like."""
    bracket = _BRACKET.match(scene.text, name.end, scene.end)
    return any(_we(scene, *match.span(1)) for match in _first_quoted(scene, name)) or (
        bracket is not None and bool(_we(scene, *bracket.span(1)))
    )


def _we(scene: Scene, start: int, end: int) -> list[Mention]:
    """The words for the one who speaks between two offsets; "US" alone is a country."""
    return [cue for cue in scene.cues("pk:FirstParty") if start <= cue.start < end and scene.text[cue.start : cue.end] != "US"]


def _speaking(scene: Scene) -> Iterator[Name]:
    """What stands before a bracket that says "we" and little else, even if not written as a name: an address, or all from a capital on."""
    tokens, text = scene.tokens, scene.text
    if not scene.has("pk:FirstParty") or text.find("(", scene.start, scene.end) < 0:
        return
    for bracket in _BRACKET.finditer(text, scene.start, scene.end):
        told = _we(scene, *bracket.span(1))
        small = [word for word in _SMALL_WORD.findall(bracket[1]) if not any(word.casefold() in cue.form for cue in told)]
        last = scene.token_at(bracket.start()) - 1
        if not told or len(small) > _BESIDES or last < scene.first:
            continue
        address = _ADDRESS.fullmatch(text, tokens.starts[last], tokens.ends[last])
        if address is not None:
            yield Name(address[1], *address.span(1), scene, False)
            continue
        reach = range(last, max(scene.first, last - _LONGEST) - 1, -1)
        words = takewhile(lambda number: tokens.norms[number].isalnum() or tokens.norms[number] in _SMALL, reach)
        capital = sorted(number for number in words if _capital(text, tokens.starts[number]))
        opens = len(capital) > 1 and capital[0] == scene.first
        if opens and (capital[1] > scene.first + 1 or scene.lexicon.knows(tokens.norms[scene.first])):
            del capital[0]  # "At Acorn (we)"
        if capital:
            yield Name(text[tokens.starts[capital[0]] : tokens.ends[last]], tokens.starts[capital[0]], tokens.ends[last], scene, False)


def _longer(name: Name, spoken: list[Name]) -> Name:
    """The name, or what is written out from it on before a bracket that says "we"."""
    return next((each for each in spoken if each.start == name.start and each.end > name.end and not name.legal), name)


def _linked(scene: Scene) -> Iterator[Name]:
    """Words written small that an address in the clause is made of ("At acorn, on www.acorn.example, …") and that no lexicon knows."""
    if scene.text.find(".", scene.start, scene.end - 1) < 0:
        return
    hosts = [host for host in _ADDRESSES.finditer(scene.text, scene.start, scene.end) if scene.text[host.start() - 1] != "@"]
    labels = {label.casefold() for host in hosts for label in host[1].split(".")[:-1] if len(label) >= _SHORTEST}
    if not labels:
        return
    for number in range(scene.first, scene.last):
        norm, start, end = scene.tokens.norms[number], scene.tokens.starts[number], scene.tokens.ends[number]
        if norm in labels and not scene.lexicon.knows(norm) and not any(host.start() <= start < host.end() for host in hosts):
            yield Name(scene.text[start:end], start, end, scene, False)


def _first_quoted(scene: Scene, name: Name) -> Iterator[re.Match[str]]:
    match = _QUOTED.search(scene.text, name.end, min(scene.end, name.end + 40))
    if match is not None and scene.text[name.end : match.start()].strip(" (") == "":
        yield match


def _defined(scene: Scene, cue: Mention) -> Name | None:
    """What a definition gives ("Company … refers to acorn software.") even where it is not written as a name: up to the next stop."""
    opening = [m for m in scene.cues("pk:FirstParty") if m.end <= cue.start and m.first - scene.first <= 1]
    if not opening or scene.states("processing", "recipient"):
        return None
    number = first = cue.last
    while (
        number < scene.last
        and number - first < _LONGEST
        and scene.tokens.norms[number] not in (".", ",", ";", "(", ":", ")", '"', "“", "”")
    ):
        number += 1
    if number == first:
        return None
    start, end = scene.tokens.starts[first], scene.tokens.ends[number - 1]
    return Name(scene.text[start:end], start, end, scene, False)


def organisation(document: Document, name: Name | None) -> Organisation:
    """The controller as an organisation: from the metadata, the text, the address of the source, or the file's name, in that order."""
    text = document.metadata.controller or (name.text if name else None)
    if text is None and document.metadata.source and (host := _HOST.match(document.metadata.source)):
        text = host.group(1)
    if text is None:
        file = document.path.replace("\\", "/").rsplit("/", 1)[-1]
        text = file.rpartition(".")[0] or file.strip(".") or "unknown"
    others = (name.text,) if name and name.text.casefold() != text.casefold() and akin(name.text, text) else ()
    return Organisation(f"org:{slug(text)}", text, others, document.language)


def akin(one: str, other: str) -> bool:
    """Whether two names share their first word: only then does the text's name count as another name of the given one."""
    return one.split()[0].casefold() == other.split()[0].casefold()


def aliases(scene: Scene, name: Name) -> Iterator[tuple[str, int, int]]:
    """Names in quotation marks shortly after the name ("… Ltd (“Acme”)"), with their spans."""
    for match in _QUOTED.finditer(scene.text, name.end, min(scene.end, name.end + 160)):
        if match.group(1)[0].isupper():
            yield match.group(1), match.start(1), match.end(1)


def short_form(name: str, scenes: Iterable[Scene]) -> str:
    """The name without its legal form and generic tail words."""
    ends = {scene.text[m.start : m.end].casefold() for scene in scenes for m in scene.cues("pk:LegalFormCue")}
    words = name.split()
    while len(words) > 1 and words[-1].strip(".,").casefold() in {end.strip(".") for end in ends}:
        words.pop()
    return " ".join(words).rstrip(",")
