"""Lines in which a line break was lost: a heading and its paragraph ("CookiesWhen you …"), items after one another ("…;contact you;…")."""

from __future__ import annotations

import re

from kg.documents.phrases import word_set
from kg.model import BlockKind

_HEADING_END = re.compile(r"(?<=[a-zß-öø-ÿ)’'])(?=[A-ZÀ-ÖØ-Þ][\w’'\-]*[ ,\xa0])|(?<=[A-Z]{2})(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])|\?(?=[A-ZÀ-ÖØ-Þ])")
_ITEM_END = re.compile(r"(?<=\w;)(?=[^\W\d]{2})")
_ENTITY = re.compile(r"&#?\w{2,8};$")
_WORD = re.compile(r"[\w’'\-]+")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_HEADING_WORDS = 9
_MAX_HEADING = 100
_MIN_REST = 40
_SEARCHED = 200_000
_STARTERS = word_set("""the this these those we you your our us it its if when where while what who how in on at for from by to as with
without upon under after
    before all any each some most many there here please generally sometimes usually however also no not and or but depending in order
    because
    since during through once unless although access users visitors customers data personal information cookies certain
    me jos kun kerään käytämme keräämme käsittelemme tämä tämän nämä voit voimme saatamme henkilötietoja rekisterin sinulla kaikki sivusto
    evästeet tietoja asiakkaan mikäli käyttäjä wir diese die der das wenn sie nous vous les le la si il en el los vi du om""")
# Names whose inner capital is their own.
_NAMES = word_set("""paypal linkedin youtube whatsapp github gitlab facebook wechat tiktok snapchat javascript typescript adwords adsense
admob doubleclick
    hubspot mailchimp wordpress woocommerce bigcommerce quickbooks salesforce zoominfo testflight fullstory logrocket mixpanel appsflyer
    icloud iphone ipad itunes ios macos openai chatgpt mysql postgresql cloudflare digitalocean godaddy clickup onetrust""")
_NO_LAST = word_set("the a an of to and or for with by in on at from our your their as is are be we you it")


def split_glued(text: str, start: int, end: int) -> list[tuple[int, int, BlockKind | None]]:
    """The parts of a line with what is known of each; one part with None where the line is whole."""
    cut = _heading_cut(text, start, end)
    parts: list[tuple[int, int, BlockKind | None]] = []
    if cut:
        parts.append((start, cut, BlockKind.HEADING))
        start = cut
    for found in _ITEM_END.finditer(text, start, end):
        if _ENTITY.search(text, max(start, found.start() - 10), found.start()):
            continue
        parts.append((start, found.start(), None))
        start = found.start()
    parts.append((start, end, None))
    return parts


def _heading_cut(text: str, start: int, end: int) -> int:
    """Where a heading at the start of the line ends, or 0."""
    if end - start < _MIN_REST:
        return 0
    for found in _HEADING_END.finditer(text, start + 2, min(end, start + _MAX_HEADING)):
        at = found.end()
        left = text[start:at]
        words = _WORD.findall(left)
        if len(words) > _MAX_HEADING_WORDS or re.search(r"[.;:!] |, (?:we|you|and)\b", left):
            return 0
        if end - at >= _MIN_REST and _is_join(text, left, words[-1] if words else "", at, end):
            return at
    return 0


def _is_join(text: str, left: str, last: str, at: int, end: int) -> bool:
    following = _WORD.match(text, at, end)
    if (
        not following
        or (not left[0].isupper() and not left[0].isdigit())
        or last.lower() in _NO_LAST
        or (text[at - 1] == ")" and " " not in left)
    ):
        return False
    if left.endswith("?"):
        return True
    tail = _LAST_WORD.search(left.rstrip(")’'"))
    head = _CAMEL.split(following[0])[0]
    joined = (tail[0] if tail else "") + following[0]
    if joined.lower() in _NAMES or text.count(joined, 0, _SEARCHED) > 1:
        return False
    if following[0].lower() in _STARTERS:
        return len(tail[0]) > 2 if tail else True
    # Both halves must be words of their own elsewhere, or the second an adverb that opens a sentence.
    opens = head.endswith("ly") and text[following.end() : following.end() + 1] == ","
    return opens or (_stands_alone(text, following[0]) and (len(last) > 4 or _stands_alone(text, last)))


def _stands_alone(text: str, word: str) -> bool:
    return any(text.find(before + word + after, 0, _SEARCHED) >= 0 for before in (" ", "\n") for after in (" ", ",", ".", "’s"))
