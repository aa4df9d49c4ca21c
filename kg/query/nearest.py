"""Finds the question of the catalogue that free text asks, by the rare words and the terms of the vocabulary that both have.

Each wording of a question is a vector of features: stems of words (Porter's, by Snowball) and terms that the lexicon finds in it, so that
"America" and "third country" meet. Features weigh by inverse document frequency (Spärck Jones 1972); nearness is the cosine. A word of the
asker that no question has counts against all of them, which is what refuses the questions of other catalogues.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from nltk.stem.snowball import SnowballStemmer

from kg.query.catalogue import Question
from kg.tokens import tokenize
from kg.vocabulary import Vocabulary

NEAR = 0.3
"""The nearness from which a question counts as asked; below it nothing is run."""

_STEMMERS = {"en": "english", "fi": "finnish"}
_TERM = 1.0  # of a term of the vocabulary, beside 1 of a word
_ROOT = 5  # letters: what compounds and derivations of a word share ("säilytys", "säilytetään")
_OF_A_ROOT = 0.5
_STOPPED = {
    "en": "a about actually all an and any anybody anyone anyway are as at be been but by can could did do does each every for from get "
    "give given gives had has have how i if in is it its just kind like list me most much my of on one only or other our out say says "
    "should show so some such than that the their them then there these they this those to two us use used uses was we what when where "
    "which while who whom whose why will with would you your tell mention mentioned many number state stated states".split(),
    "fi": "että he heidän hän ja jo joka jokin jos jota jotka joita joku kanssa keitä kenelle keneltä ketkä kerro kertoo "
    "kerrotaan koska kuin kuinka kuka kukin kuitenkin kunkin lista me mihin mihinkin mikä mikään mille milloin millä minkä minun minä "
    "missä mistä miten mitkä mitä mitäkin moni mukaan mutta muu mutta myös ne niiden niillä niin niistä niitä näytä on onko ole olla "
    "ovat ovatko pitäisi sanoo se sekä sen sitä tai te tämä vai vain vaikka varten voi voiko".split(),
}
_EVERYWHERE = frozenset(
    {"dpv:PersonalData", "dpv:Data", "dpv:Purpose", "dpv:Processing", "dpv:DataController", "pk:FirstParty", "pk:PolicyName"}
)


@dataclass(frozen=True, slots=True)
class Nearest:
    """A question and how near it is to the text, from 0 to 1."""

    question: Question
    nearness: float


@dataclass(frozen=True)
class Matcher:
    """The catalogue, ready to be matched with free text.

    >>> Matcher(catalogue(), vocabulary).nearest("who sells data?")[0].question.name         # doctest: +SKIP
    """

    questions: Sequence[Question]
    vocabulary: Vocabulary

    def nearest(self, text: str) -> list[Nearest]:
        """All questions, the nearest first. The text is read in each language that there is, and means what is nearest in any of them."""
        best: dict[str, float] = {question.name: 0.0 for question in self.questions}
        for language in self.vocabulary.languages:
            asked = self._features(text, language)
            for name, wording in self._wordings[language]:
                best[name] = max(best[name], self._cosine(asked, wording))
        ranked = sorted(self.questions, key=lambda question: (-best[question.name], question.name))
        return [Nearest(question, round(best[question.name], 3)) for question in ranked]

    def terms(self, text: str, language: str) -> list[str]:
        """The terms of the vocabulary (CURIEs) that the text says, in order of place; cues, topics and word classes are none."""
        mentions = self.vocabulary.lexicon(language).mentions(tokenize(text))
        return [mention.term for mention in mentions if mention.role not in ("cue", "word", "topic", "")]

    @cached_property
    def _wordings(self) -> Mapping[str, list[tuple[str, Mapping[str, float]]]]:
        """By language, every wording of each question by itself, and all of them together."""
        return {language: list(self._worded(language)) for language in self.vocabulary.languages}

    def _worded(self, language: str) -> Iterator[tuple[str, Mapping[str, float]]]:
        for question in self.questions:
            features = [self._features(way, language) for way in _ways(question, language)]
            yield from ((question.name, each) for each in features)
            yield question.name, {name: weight for each in features for name, weight in each.items()}

    @cached_property
    def _weights(self) -> tuple[Mapping[str, float], float]:
        """The inverse document frequency of each feature, where a document is a question in a language; and that of an unknown one."""
        documents = [
            self._features(" . ".join(_ways(question, language)), language)
            for question in self.questions
            for language in self.vocabulary.languages
        ]
        counted = Counter(name for document in documents for name in document)
        total = 1 + len(documents)
        return {name: math.log(total / (0.5 + count)) for name, count in counted.items()}, math.log(total / 0.5)

    def _features(self, text: str, language: str) -> dict[str, float]:
        stemmer = SnowballStemmer(_STEMMERS[language]) if language in _STEMMERS else None
        stopped = _STOPPED.get(language, ())
        features: dict[str, float] = {}
        for word in tokenize(text).norms:
            if word[0].isalnum() and word not in stopped:
                features[f"{language}:{stemmer.stem(word) if stemmer else word}"] = 1.0
                if len(word) > _ROOT:
                    features[f"{language}:{word[:_ROOT]}-"] = _OF_A_ROOT
        for term in self.terms(text, language):
            above = self.vocabulary.ancestors(term) - _EVERYWHERE
            features.update({name: max(features.get(name, 0.0), _TERM if name == term else _TERM / 2) for name in above})
        return features

    def _cosine(self, asked: Mapping[str, float], wording: Mapping[str, float]) -> float:
        known, unknown = self._weights
        shared = sum(asked[name] * wording[name] * known.get(name, unknown) ** 2 for name in asked.keys() & wording.keys())
        return shared / (self._norm(asked, known, unknown) * self._norm(wording, known, unknown)) if shared else 0.0

    def _norm(self, features: Mapping[str, float], known: Mapping[str, float], unknown: float) -> float:
        return math.sqrt(sum((weight * known.get(name, unknown)) ** 2 for name, weight in features.items()))


def _ways(question: Question, language: str) -> list[str]:
    return [way for way in (question.questions.get(language, ""), *question.also.get(language, ())) if way]
