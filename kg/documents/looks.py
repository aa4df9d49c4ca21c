"""How a piece looks: the few properties that headings, lists and furniture are told by."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.documents.phrases import word_set

_TOKEN = re.compile(r"[^\W_]+(?:[’'\-][^\W_]+)*")
_CONTACT = re.compile(
    r"@|://|\bwww\.|\+\d[\d ()\-]{6,}|\d{3}\)?[ .\-]\d{3}"
    r"|(?:mail|[Tt]el|(?:[Pp]|tele|Tele)hone|[Ff]ax|[Mm]obile|[Aa]ttn|[Aa]ddress|[Pp]uh|[Pp]uhelin|posti|[Oo]soite)"
    r"(?:\.|\s?:|\s(?:no|number)\b)"
)
_DATED = re.compile(
    r"^(?:(?:last|latest)\s+(?:\w+\s+)?(?:updated?|modified|revised|revision|reviewed|change)|effective(?:\s+(?:date|from|as of|on))?"
    r"|updated|version|date|as of|voimassa|päivitetty|viimeksi|julkaistu|laadittu|stand|gültig)\b.{0,40}\d",
    re.I,
)
_PLACE = re.compile(
    r"\b[A-Z]{2}\s?\d{4,5}\b|\b\d{5}\b|\d[a-z]?,\s|^\d+\s+[A-ZÀ-Þ]|\b(?:Suite|Floor|Street|Road|Avenue|P\.?\s?O\.?\s?Box)\b|\b(?:Ltd|LLC|Inc|GmbH|Oyj?|AB|Limited)\b\.?$"
)
_ASKS = word_set("""how what which who whom whose why when where do does is are can will should must may did have has about if
    mitä miten miksi kuka ketkä kenelle mihin mistä milloin missä kuinka millä millaisia mille kenen keneltä minne onko voiko
    wie was wer warum wann wo welche que quoi comment pourquoi qui quelles quels quelle cómo qué quién hur vad varför när vem vilka""")
_SUBJECTS = word_set("we you it they i he she this these that there minä me te he ne sinä wir sie nous vous vi ni")
_FINITE = word_set("""is are was were may will can could would shall should must has have had does do cannot won't don't isn't aren't
we'll you'll collect collects use uses share shares process processes provide provides apply applies contains includes allows requires
    on ovat oli voi voivat voimme voit saatamme saa tulee pitää käytämme keräämme käsittelemme luovutamme säilytämme emme ei eivät olemme
    olet
    ist sind werden wird kann können est sont peut peuvent är kan""")
# The Finnish passive, which needs no subject: "tallennetaan", "käytetään".
_PASSIVE = re.compile(r"\w{3,}(?:taan|tään|daan|dään)")
_DROPS_SUBJECT = word_set("käytämme keräämme käsittelemme luovutamme säilytämme voimme voit saatamme emme on olemme")
_RELATIVE = word_set("that which who whom whose how what when where why whether if jota jotka joka mitä miten dass que qui som")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"”’'»)\]]*$")
_INNER_STOP = re.compile(r"[.!?](?<=[^\W\d_][.!?]) +[A-ZÀ-Þ\"“]")
_ITEM_TAIL = re.compile(r"(?:[;,]|[;,]\s*(?:and|or|and/or|ja|tai|sekä|och|und|oder|et|ou))$", re.I)
_SMALL = word_set("a an the and or of to in on for with by at from as your our we you & vs via per into ja tai")


@dataclass(frozen=True, slots=True)
class Look:
    """The properties of one piece of text. `finite` says that it holds a clause of its own, `sentences` that it ends like a sentence."""

    words: int
    length: int
    last: str
    first: str
    upper: bool
    caps: bool
    titled: float
    asks: bool
    finite: bool
    stops: bool
    inner_stop: bool
    item_tail: bool
    contact: bool
    dated: bool
    labelled: bool
    numbered_end: bool

    @property
    def prose(self) -> bool:
        """Whether this is running text: a sentence of some length, or more than one."""
        return (self.words >= 9 and (self.stops or self.inner_stop or self.words >= 24)) or (
            self.stops and self.words >= 4 and self.finite and not self.asks
        )


_LONG = 240
_MAX_ADDRESS = 140


def _is_clause(lower: list[str]) -> bool:
    """Whether the words hold a main clause: a finite verb that stands in no relative clause ("the data that you give")."""
    if lower and lower[0] in _SUBJECTS and len(lower) > 3:
        return True
    for i, token in enumerate(lower):
        if token in _RELATIVE and i:
            return False
        if (token in _FINITE or _PASSIVE.fullmatch(token)) and (i == 0 or lower[i - 1] not in _SUBJECTS or i == 1):
            return i > 0 or token in _DROPS_SUBJECT
    return False


def look(line: str) -> Look:
    """What can be seen of one trimmed piece of text."""
    last = line[-1] if line else ""
    stops = _SENTENCE_END.search(line[-6:]) is not None
    item_tail = _ITEM_TAIL.search(line[-12:]) is not None
    if len(line) > _LONG:
        # Long text is a paragraph whatever else it is: spare the counting.
        return Look(
            words=line.count(" ") + 1,
            length=len(line),
            last=last,
            first=line.split(None, 1)[0].lower(),
            upper=line[0].isupper(),
            caps=False,
            titled=0.0,
            asks=False,
            finite=True,
            stops=stops,
            inner_stop=True,
            item_tail=item_tail,
            contact=False,
            dated=False,
            labelled=False,
            numbered_end=False,
        )
    tokens = _TOKEN.findall(line)
    lower = [token.lower() for token in tokens]
    big = [token for token, small in zip(tokens, lower, strict=True) if small not in _SMALL]
    asks = bool(lower) and lower[0] in _ASKS
    return Look(
        words=max(len(tokens), len(line) // 15),
        length=len(line),
        last=last,
        first=lower[0] if lower else "",
        upper=line[:1].isupper() or line[:1].isdigit(),
        caps=line.isupper() and sum(map(str.isalpha, line)) > 3,
        titled=sum(token[0].isupper() or token[0].isdigit() for token in big) / len(big) if big else 0.0,
        asks=asks,
        finite=_is_clause(lower),
        stops=stops,
        inner_stop=_INNER_STOP.search(line) is not None,
        item_tail=item_tail,
        contact=len(line) <= _MAX_ADDRESS and (_CONTACT.search(line) is not None or _PLACE.search(line) is not None),
        dated=_DATED.match(line) is not None,
        labelled=0 < line.find(": ") < len(line) - 2 or " | " in line,
        numbered_end=last.isdigit() and len(tokens) <= 5,
    )
