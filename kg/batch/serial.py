"""Many inputs in one go: each is read and extracted, what fails is remembered and does not stop the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from kg.documents import COLUMN, expand_inputs, read_source, sources, total_bytes
from kg.errors import InputError
from kg.extract import extract
from kg.extract.judgement import learnt
from kg.model import Extraction, StatementKind
from kg.vocabulary import Vocabulary

OBJECTS: Mapping[str, str] = MappingProxyType(
    {"data": "dpv:hasPersonalData", "purposes": "dpv:hasPurpose", "bases": "dpv:hasLegalBasis", "recipients": "dpv:hasRecipient"}
)
"""What is counted by document in what the policy affirms: the distinct objects of each predicate."""

STATEMENTS: Mapping[str, str] = MappingProxyType({"transfers": "transfer", "retention": "retention", "cookies": "cookies"})
"""And the statements of each topic."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was found in one document: how many of each topic; `issues` say what was not found, and why."""

    path: str
    language: str
    controller: str
    is_policy: bool
    counts: Mapping[str, int]
    issues: tuple[str, ...]


@dataclass(slots=True)
class Batch:
    """Inputs to be extracted one by one. Iterating does the work and fills in the other fields.

    `failures` are the inputs that could not be used; `repeats` pairs each input whose text was seen before, of the same company, with the
    input that had it. A repeated text is passed over unless `keep_repeats`. With `rules_only` the fitted part is left out.

    >>> batch = Batch([Path("policies")], vocabulary)         # doctest: +SKIP
    >>> extractions = list(batch)                             # doctest: +SKIP
    """

    inputs: Iterable[Path]
    vocabulary: Vocabulary
    advance: Callable[[int, int, str], None] = lambda done, total, path: None  # bytes, bytes, what is next
    keep_repeats: bool = False
    rules_only: bool = False
    column: str = COLUMN
    summaries: list[Summary] = field(default_factory=list)
    failures: list[InputError] = field(default_factory=list)
    repeats: list[tuple[str, str]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Extraction]:
        paths = self._paths()
        total = total_bytes(paths)
        seen: dict[tuple[str, str], str] = {}
        for source in sources(paths, self.column):
            if isinstance(source, InputError):
                self.failures.append(source)
                continue
            self.advance(source.position - len(source.data), total, source.path)
            try:
                document = read_source(source, languages=self.vocabulary.languages)
                extraction = extract(document, self.vocabulary, None if self.rules_only else learnt())
            except InputError as error:
                self.failures.append(error)
                continue
            first = seen.setdefault((extraction.controller, document.sha256), document.path)
            if first != document.path:
                self.repeats.append((document.path, first))
                if not self.keep_repeats:
                    continue
            self.summaries.append(summarise(extraction))
            yield extraction
        self.advance(total, total, "")

    def _paths(self) -> list[Path]:
        """The files under the inputs, each once, in the order given."""
        paths: dict[Path, None] = {}
        for given in self.inputs:
            try:
                paths.update(dict.fromkeys(expand_inputs([given])))
            except InputError as error:
                self.failures.append(error)
        return list(paths)


def summarise(extraction: Extraction) -> Summary:
    """The counts by topic of one extraction."""
    affirmed = [statement for statement in extraction.statements if statement.kind is StatementKind.PRACTICE]
    said = Counter(predicate for predicate, _ in {(a.predicate, str(a.object)) for statement in affirmed for a in statement.assertions})
    topics = Counter(statement.topic for statement in affirmed)
    kinds = Counter(statement.kind for statement in extraction.statements)
    counts = {"statements": len(extraction.statements)}
    counts |= {heading: said[predicate] for heading, predicate in OBJECTS.items()}
    counts |= {heading: topics[topic] for heading, topic in STATEMENTS.items()}
    counts |= {"rights": kinds[StatementKind.RIGHT], "denials": kinds[StatementKind.DENIAL]}
    return Summary(
        path=extraction.document.path,
        language=extraction.document.language,
        controller=extraction.controller.partition(":")[2],
        is_policy=extraction.is_policy,
        counts=MappingProxyType(counts),
        issues=extraction.issues,
    )
