"""Whole extraction of a folder of texts, against spaCy's blank English pipeline with its sentencizer on the same texts, in one run.

    python benchmarks/extraction.py [FOLDER] [--rounds 5] [--rules-only]

FOLDER holds .txt files; without it the annotated policies beside the checkout are taken, else the examples. The two take turns; the ratio
is of the medians, with the smallest and largest ratio of a round. Reading files and loading vocabulary, weights and pipeline are outside
the clock. The first run of each is not counted: it fills what is remembered of words and their sequences, never of whole clauses.
Extraction runs compiled where `make native-profiled` has compiled it, as spaCy always does; after `make native` the figure says so in its
name, and KG_PURE=1 measures it uncompiled.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import spacy
from figures import beside, parser, tell

from kg import native
from kg.documents import read
from kg.extract import extract
from kg.extract.judgement import learnt
from kg.findings import findings
from kg.vocabulary import load

ROOT = Path(__file__).resolve().parents[1]
MOST = 3.0
"""How many times as long as spaCy an extraction may take."""

ANNOTATED = ROOT.parent / "shared" / "bench" / "gdpr-transparency" / "policies"


def seconds(work: Callable[[], object]) -> float:
    """How much processor time the work takes, in seconds: the clock on the wall would also measure what else the machine does."""
    start = time.process_time()
    work()
    return time.process_time() - start


def how() -> str:
    """What a figure's name adds where extraction does not run as fast as it can."""
    if not native.compiled():
        return ", uncompiled"
    manifest = json.loads((native.FOLDER / native.MANIFEST).read_text(encoding="utf-8"))
    return "" if manifest["profiled"] else ", compiled without a profile"


def main() -> None:
    """Print a line a round and the ratio."""
    parsed = parser(__doc__)
    parsed.add_argument("folder", nargs="?", type=Path, default=ANNOTATED if ANNOTATED.is_dir() else ROOT / "examples" / "policies")
    parsed.add_argument("--rounds", type=int, default=5)
    parsed.add_argument("--rules-only", action="store_true", help="without the fitted part")
    options = parsed.parse_args()
    documents = [read(path) for path in sorted(options.folder.glob("*.txt"))]
    texts = [document.text for document in documents]
    vocabulary = load()
    weights = None if options.rules_only else learnt()
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")

    def ours() -> int:
        return sum(1 for document in documents for _ in findings(extract(document, vocabulary, weights), vocabulary))

    def theirs() -> int:
        return sum(1 for text in texts for _ in nlp(text).sents)

    print(
        f"{len(texts)} texts, {sum(map(len, texts)):,} characters, {ours():,} findings; spaCy {spacy.__version__}, {theirs():,} sentences"
    )
    rounds = []
    for number in range(1, options.rounds + 1):
        one, other = seconds(ours), seconds(theirs)
        rounds.append((one, other))
        print(f"round {number}: kg {one:.2f} s, spaCy {other:.2f} s, ratio {one / other:.2f}")
    name = ("extraction, rules only" if options.rules_only else "extraction") + how()
    figure = beside(
        name, "s of processor", f"spaCy {spacy.__version__}, blank English with sentencizer", rounds, None if options.rules_only else MOST
    )
    print(f"ratio of medians {figure.ratio:.2f} (rounds {figure.spread[0]:.2f} to {figure.spread[1]:.2f})" if figure.spread else "")
    tell(options, [figure], f"{len(texts)} texts, {sum(map(len, texts)):,} characters")


if __name__ == "__main__":
    main()
