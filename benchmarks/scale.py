"""A corpus of any size, made of the examples and, where they stand beside the checkout, the annotated policies.

    python benchmarks/corpus.py OUT.jsonl COUNT [--seed 1]

Each policy keeps one language: company names and addresses are replaced by invented ones, paragraphs are dropped, repeated from another
policy of that language and put in another order. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from kg.documents import read

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / "examples" / "policies", ROOT.parent / "shared" / "bench" / "gdpr-transparency" / "policies")
SYLLABLES = "alder bram cor dun elm fern gal hol inver kest lum mar nor ock pel quil ros tarn".split()
FORMS = {"en": ("Ltd", "Inc", "GmbH", "LLC"), "fi": ("Oy", "Oyj", "Ky")}
NAME = re.compile(r"\b(?:[A-Z][\w&-]+ ){1,3}(?:Ltd|Limited|Inc|LLC|GmbH|Oyj|Oy|AB|Corporation)\b\.?")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[\w./-]+")


def texts() -> dict[str, list[list[str]]]:
    """The paragraphs of each source policy, by language."""
    found: dict[str, list[list[str]]] = {"en": [], "fi": []}
    for folder in FOLDERS:
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            if path.suffix in (".txt", ".md", ".html"):
                document = read(path)
                if document.language in found:
                    found[document.language].append([p for p in re.split(r"\n\s*\n|\n(?=\S)", document.text) if p.strip()])
    return found


def policies(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """So many policies as rows of a data set: id, text, controller."""
    sources = texts()
    chance = random.Random(seed)
    for number in range(count):
        language = "fi" if chance.random() < 0.2 else "en"
        base = chance.choice(sources[language])
        stem = "".join(chance.sample(SYLLABLES, 2)).capitalize()
        company = f"{stem} {number} {chance.choice(FORMS[language])}"
        kept = [paragraph for paragraph in base if chance.random() > 0.1]
        kept += chance.sample(other := chance.choice(sources[language]), min(3, len(other)))
        at = chance.randrange(1, max(2, len(kept) // 2))
        body = kept[:1] + kept[at:] + kept[1:at]
        text = ADDRESS.sub(f"{stem.lower()}{number}.example", NAME.sub(company, "\n\n".join(body)))
        yield {"id": f"{number:08d}", "text": f"{company}\n\n{text}", "controller": company}


def write_corpus(path: Path, count: int, seed: int = 1) -> None:
    """So many policies as a file of JSON Lines."""
    with path.open("w", encoding="utf-8") as stream:
        for row in policies(count, seed):
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def main() -> None:
    """Write the corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with options.out.open("w", encoding="utf-8") as stream:
        for row in policies(options.count, options.seed):
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
