"""Learns the weights of `kg.extract.judgement` from the annotated policies beside the checkout, and writes kg/extract/weights.json.

    python tools/fit_confidence.py                  learn from all, write the weights
    python tools/fit_confidence.py --folds build/cv learn without each fold in turn, write what is found in it (cross-validation)

A fold never parts a family: policies that share a quarter of the five-word runs of the shorter one stay together, so that no template is
both learnt from and judged. The texts are read from the annotated folders and never stored; what is stored is numbers by property name.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from kg.documents import read
from kg.extract import extract
from kg.extract.judgement import Weights, properties, read_weights
from kg.extract.reading import Candidate, Reading
from kg.findings import findings
from kg.model import Document
from kg.vocabulary import Vocabulary, load

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT.parent / "shared" / "bench"
SETS = ("gdpr-transparency", "policy-slots")
LAYOUT = {"gdpr-transparency": "en", "policy-slots": "en sentences"}
"""The weights that each set is mainly learnt for (see `kg.extract.judgement.layout`)."""

OTHER = 0.1
"""What a candidate of the other set counts beside one of the set that the weights are for."""

ANSWER = {
    "data": ("data_categories", "data"),
    "purpose": ("processing_purpose", "purpose"),
    "recipient": ("recipients", "recipient"),
    "basis": ("legal_basis", ""),
}
"""For each kind, the label that answers it in each set; "" where a set has none."""

PHRASES = frozenset({"data_categories", "processing_purpose", "recipients"})
"""The labels whose phrases were marked with care; of the others the whole passage counts."""

FOLDS = 6
COMMON = 6
"""In how many documents a property must stand, so that nothing is learnt of one company."""

PENALTY = 0.05


@dataclass(frozen=True)
class Example:
    """A candidate as its properties, the kind of model that judges it, and whether the annotators agree."""

    source: str
    document: str
    kind: str
    names: tuple[str, ...]
    agreed: bool


def examples(name: str, documents: Mapping[str, Document], vocabulary: Vocabulary) -> Iterator[Example]:
    """The candidates of a set with the annotators' verdicts."""
    marked = marks(name, documents)
    for title, document in documents.items():
        heard: list[tuple[str, tuple[str, ...], int, int]] = []

        def listen(kind: str, reading: Reading, candidate: Candidate, heard: list[Any] = heard) -> None:
            heard.append((kind, tuple(properties(reading, candidate)), candidate.start, candidate.end))

        extract(document, vocabulary, dict.fromkeys(LAYOUT.values(), Weights("en", {}, listen)))
        for kind, names, start, end in heard:
            label = ANSWER[kind][SETS.index(name)]
            if label:
                covered = sum(max(0, min(end, b) - max(start, a)) for a, b in marked[title, label])
                yield Example(name, title, kind, names, 2 * covered >= end - start)


def marks(name: str, documents: Mapping[str, Document]) -> Mapping[tuple[str, str], list[tuple[int, int]]]:
    """What the annotators marked, by document and label: the phrases where they gave any, else the passage."""
    found = defaultdict(list)
    for line in (BENCH / name / "gold.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        place = (row["start"], row["end"])
        if "role" in row:
            found[row["document"], row["role"]].append(place)
        for label, verdict in row.get("labels", {}).items():
            if label not in PHRASES:
                found[row["document"], label].append(place)
                continue
            passage = documents[row["document"]].text[slice(*place)]
            parts = [part.strip() for phrase in verdict.get("spans", ()) for part in phrase.split("[...]") if part.strip() in passage]
            starts = [(row["start"] + passage.index(part), len(part)) for part in parts]
            found[row["document"], label].extend([(start, start + length) for start, length in starts] or [place])
    return found


def families(documents: Mapping[str, Document]) -> list[list[str]]:
    """Groups of alike policies, the largest first."""
    runs = {}
    for title, document in documents.items():
        words = re.findall(r"\w+", document.text.lower())
        runs[title] = {tuple(words[n : n + 5]) for n in range(len(words) - 4)}
    titles = sorted(documents)
    parent = {title: title for title in titles}

    def root(title: str) -> str:
        while parent[title] != title:
            title = parent[title]
        return title

    for n, one in enumerate(titles):
        for other in titles[:n]:
            shorter = min(len(runs[one]), len(runs[other]))
            if shorter and 4 * len(runs[one] & runs[other]) > shorter:
                parent[root(one)] = root(other)
    groups = defaultdict(list)
    for title in titles:
        groups[root(title)].append(title)
    return sorted(groups.values(), key=lambda group: (-len(group), group))


def folds(documents: Mapping[str, Document]) -> dict[str, int]:
    """The fold of each document."""
    sizes = [0] * FOLDS
    chosen: dict[str, int] = {}
    for group in families(documents):
        smallest = sizes.index(min(sizes))
        sizes[smallest] += len(group)
        chosen.update(dict.fromkeys(group, smallest))
    return chosen


def fit(learnt_from: Iterable[Example]) -> dict[str, dict[str, dict[str, float]]]:
    """The weights of each layout and kind."""
    rows = list(learnt_from)
    by_kind = {kind: [row for row in rows if row.kind == kind] for kind in ANSWER}
    return {LAYOUT[name]: {kind: weights for kind, some in by_kind.items() if (weights := _fit(name, some))} for name in SETS}


def _fit(name: str, rows: list[Example]) -> dict[str, float]:
    if len({row.agreed for row in rows if row.source == name}) < 2:
        return {}
    counts = Counter(label for _, label in {(row.document, label) for row in rows for label in row.names})
    columns = {label: n for n, label in enumerate(sorted(label for label, count in counts.items() if count >= COMMON))}
    pairs = [(r, columns[label]) for r, row in enumerate(rows) for label in sorted(set(row.names)) if label in columns]
    matrix = csr_matrix((np.ones(len(pairs)), ([r for r, _ in pairs], [c for _, c in pairs])), shape=(len(rows), len(columns)))
    model = LogisticRegression(C=PENALTY, max_iter=1000, fit_intercept=False)
    worth = np.array([1.0 if row.source == name else OTHER for row in rows])
    model.fit(matrix, np.array([row.agreed for row in rows]), sample_weight=worth)
    return {label: weight for label, n in columns.items() if (weight := round(float(model.coef_[0][n]), 3))}


def main() -> None:
    """Learn, and write the weights or the findings of the folds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=Path, help="folder for what is found in each fold without having learnt from it")
    options = parser.parse_args()
    vocabulary = load()
    documents = {name: {path.name: read(path) for path in sorted((BENCH / name / "policies").iterdir())} for name in SETS}
    rows = {name: list(examples(name, documents[name], vocabulary)) for name in SETS}
    every = [row for name in SETS for row in rows[name]]
    if options.folds is None:
        table = fit(every)
        target = ROOT / "kg" / "extract" / "weights.json"
        target.write_text(json.dumps(table, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        count = sum(len(weights) for kinds in table.values() for weights in kinds.values())
        print(f"{target}: {count:,} weights from {len(every):,} candidates, {target.stat().st_size:,} bytes")
        return
    options.folds.mkdir(parents=True, exist_ok=True)
    # Over both sets together: what one of them learns from must not hold the family that is held out of the other either.
    fold = folds({title: document for name in SETS for title, document in documents[name].items()})
    for name in SETS:
        with (options.folds / f"{name}.jsonl").open("w", encoding="utf-8") as out:
            for number in range(FOLDS):
                held = {title for title, n in fold.items() if n == number}
                weights = read_weights(fit(row for row in every if row.document not in held))
                for title in sorted(held & documents[name].keys()):
                    for finding in findings(extract(documents[name][title], vocabulary, weights), vocabulary):
                        out.write(finding.as_json() + "\n")


if __name__ == "__main__":
    main()
