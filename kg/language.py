"""Which language a text is in, and which of its blocks are in another."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.model import Block, BlockKind

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

#: The languages that are told apart, also those that nothing can be extracted from: German must come out as German, not as bad English.
LANGUAGES: tuple[str, ...] = (
    *(
        "en",
        "fi",
        "sv",
        "de",
        "fr",
        "es",
        "it",
        "nl",
        "da",
        "no",
        "pt",
        "et",
        "pl",
        "cs",
        "sk",
        "sl",
        "hr",
        "hu",
        "ro",
        "bg",
        "el",
        "lv",
        "lt",
    ),
    *("uk", "ru", "tr", "ga", "mt", "is", "ca", "eu", "sr", "mk", "sq", "vi", "id", "ms", "ja", "zh", "ko", "ar", "he", "fa", "hi", "th"),
)
PREFERRED = ("en", "fi")


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FUNCTION_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": _words(
            "the of and to or we you your our for that this is are with not may by as be from any which will have if when these their us"
        ),
        "fi": _words(
            "ja tai sekä että voi voit voimme on ovat joka jotka joita jos kun se ne ei emme myös mukaan tämä tämän näitä niiden sen kuten"
        ),
        "sv": _words("och att det som en för av är på med till den vi du dina inte eller om vår våra kan har dig från ett"),
        "de": _words("und der die das zu wir sie ihre von den ist in mit für auf oder nicht werden dem des eine einer wenn kann zur"),
    }
)
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 2000
_GLANCE = 300
_LONG_BLOCK = 80
_CLEAR_SHARE = 0.22
_FAMILIAR_SHARE = 0.06
_SURE = 0.9
# From Greek on: another script than Latin.
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1dff\u2c00-\ud7ff\uf900-\ufdff]")


def detect(text: str, languages: Sequence[str] = PREFERRED) -> str:
    """The ISO 639-1 code of the language of `text`, of those in `LANGUAGES`.

    `languages` are the expected ones: they are taken where the text is too short to tell, the first of them where it has no words.

    >>> detect("We may use the information that you give us for our own purposes.")
    'en'
    """
    sample = text[:_SAMPLE]
    words = [word.lower() for word in _WORD.findall(sample)]
    expected = tuple(languages) or PREFERRED
    if not words:
        return expected[0]
    clear = _by_function_words(words, expected)
    if clear:
        return clear
    ranks = _ranks(sample)
    best = max(ranks, key=lambda code: ranks[code])
    likely = max(expected, key=lambda code: ranks.get(code, 0.0))
    # A word or two may be of many languages: then one of the expected ones.
    return best if best in expected or (ranks[best] > 0.6 and ranks[best] > 20 * ranks.get(likely, 0.0)) else likely


def is_foreign(line: str, language: str) -> bool:
    """Whether a line is clearly in another language than `language`.

    >>> is_foreign("Käytämme evästeitä palvelun parantamiseen", "en")
    True
    """
    if _share([word.lower() for word in _WORD.findall(line)], _FUNCTION_WORDS.get(language, frozenset())) >= _CLEAR_SHARE:
        return False
    ranks = _ranks(line)
    best = max(ranks, key=lambda code: ranks[code])
    return best != language and ranks[best] >= _SURE and ranks.get(language, 0.0) < 0.02


def mark_languages(text: str, blocks: Sequence[Block], language: str) -> tuple[Block, ...]:
    """The blocks, each with its language where that is another than the document's `language`.

    Long blocks are judged by themselves, but only where they lack the document's usual words; short ones go with the blocks around them.
    """
    familiar = _FUNCTION_WORDS.get(language) or _usual_words(text)
    judged = [_judge(text, block, language, familiar) for block in blocks]
    if not any(judged):
        return tuple(blocks)
    spoken = [_beside(i, blocks, judged, language) for i in range(len(blocks))]
    return tuple(block if code == language else replace(block, language=code) for block, code in zip(blocks, spoken, strict=True))


def _judge(text: str, block: Block, language: str, familiar: frozenset[str]) -> str | None:
    """The language of a block in another language, "" for a block in the document's, None where it is too short to tell."""
    length = block.end - block.start
    strange_script = language in _FUNCTION_WORDS and _OTHER_SCRIPT.search(text, block.start, min(block.end, block.start + _LONG_BLOCK))
    if block.kind.is_furniture or (length < _LONG_BLOCK and not strange_script):
        return None
    glance = text[block.start : min(block.end, block.start + _GLANCE)]
    words = _WORD.findall(glance)
    # Names and addresses are of no language.
    named = sum(word[0].isupper() for word in words) > len(words) / 2
    if not strange_script and (named or _share([word.lower() for word in words], familiar) >= _FAMILIAR_SHARE):
        return ""
    return detect(glance, (language,)) if is_foreign(glance, language) else ""


def _beside(i: int, blocks: Sequence[Block], judged: Sequence[str | None], language: str) -> str:
    own = judged[i]
    if own is not None:
        return own or language
    if blocks[i].kind.is_furniture:
        return language
    lead = blocks[i].lead
    if lead is not None and judged[lead] is not None:
        return judged[lead] or language
    after = next((code for code in islice(judged, i + 1, i + 6) if code is not None), None)
    before = next((code for code in judged[max(0, i - 5) : i][::-1] if code is not None), None)
    if blocks[i].kind is BlockKind.HEADING or before is None:
        return after or language
    return after if after and after == before else language


def _by_function_words(words: Sequence[str], expected: Sequence[str]) -> str | None:
    """The expected language whose function words the text is full of: cheaper than a model, and enough for most policies."""
    if len(words) < 12:
        return None
    shares = sorted(((_share(words, known), code) for code, known in _FUNCTION_WORDS.items()), reverse=True)
    (best, code), (second, _) = shares[0], shares[1]
    needed = _CLEAR_SHARE if code != "fi" else _CLEAR_SHARE / 3
    return code if code in expected and best >= needed and best > 3 * second else None


def _share(words: Sequence[str], known: frozenset[str]) -> float:
    return sum(word in known for word in words) / len(words) if words else 0.0


def _usual_words(text: str) -> frozenset[str]:
    counts = Counter(_WORD.findall(text[: 10 * _SAMPLE].lower()))
    return frozenset(word for word, _ in counts.most_common(25))


def _ranks(text: str) -> dict[str, float]:
    return dict(_identifier().rank(text))


@cache
def _identifier() -> LanguageIdentifier:
    # Imported here: the model takes most of a second to load, and clear English and Finnish do without it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in LANGUAGES if code in identifier.labels])
    return identifier
