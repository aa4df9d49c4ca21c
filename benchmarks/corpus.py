"""Policies of fictional companies in any number, for every benchmark: the same seed gives the same bytes.

    python benchmarks/corpus.py FOLDER|FILE.jsonl [--number 1000] [--seed 2] [--annotated]

Each policy takes one text as its pattern, has a company of its own, leaves out some of the sections, paragraphs and items, moves sections
about, and borrows a section from another text of its language now and then. One in five is Finnish. Every tenth company publishes two
versions. The patterns are the examples, and with --annotated also the annotated policies where they stand beside the checkout: their
companies and addresses are replaced by invented ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.atomic import replacing
from kg.batch import Batch
from kg.documents import read
from kg.graph import write
from kg.model import BlockKind
from kg.vocabulary import load

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples" / "policies"
ANNOTATED = ROOT.parent / "shared" / "bench" / "gdpr-transparency" / "policies"
BUILT = ROOT / "build" / "bench"

_BEGINNINGS = "Ald Bel Cor Dun Esk Fen Gal Hal Ing Jar Kel Lin Mor Nor Orm Pel Quin Ras Sol Tor Ulv Vel Win Yar Zel".split()
_MIDDLES = "ba da fo ga le mi no pu ra si ta vo".split()
_ENDINGS = "berg dale field ford haven holt lund mere stead thorn vik wick".split()
_TRADES = {"en": ("Analytics", "Books", "Foods", "Hotels", "Outdoor", "Systems"), "fi": ("Kauppa", "Palvelut", "Tekniikka", "Varaosat")}
_FORMS = {"en": ("Ltd", "Inc.", "GmbH", "AB", "LLC"), "fi": ("Oy", "Oyj", "Ky")}
_KEPT = 0.75  # of sections, paragraphs and items
_BORROWED = 0.3  # of policies have a section of another text
_FINNISH = 0.2  # of policies
_LEAST = 4  # sections of a pattern: of fewer little would be left
_NAME = re.compile(r"\b(?:[A-Z][\w&-]+ ){1,3}(?:Ltd|Limited|Inc|LLC|GmbH|Oyj|Oy|AB|Corporation)\b\.?")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[\w./-]+")
_MARK = re.compile(r"^#+ ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text: its language, the names of its company, longest first, and its sections as lines of Markdown, title first.

    Where the company is not known, `names` is empty.
    """

    language: str
    names: tuple[str, ...]
    sections: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A made policy: the name of its file, its company, its language and its text in Markdown."""

    name: str
    controller: str
    language: str
    text: str


def policies(number: int = 1000, seed: int = 2, *, annotated: bool = False) -> Iterator[Policy]:
    """`number` policies of fictional companies; `annotated` makes them of the annotated policies too, where they are."""
    patterns = _patterns(annotated)
    for index in range(number):
        again = index % 10 == 9
        company = random.Random(f"{seed} company {index - again}")
        chance = random.Random(f"{seed} text {index}")
        pattern = company.choice(patterns["fi" if company.random() < _FINNISH else "en"])
        stem = company.choice(_BEGINNINGS) + company.choice(_MIDDLES) + company.choice(_MIDDLES) + company.choice(_ENDINGS)
        full = f"{stem} {company.choice(_TRADES[pattern.language])} {company.choice(_FORMS[pattern.language])}"
        text = _text(pattern, patterns[pattern.language], stem, full, chance)
        yield Policy(f"{index:04}-{stem.lower()}.md", full, pattern.language, text)


def graph(number: int = 1000, seed: int = 2) -> Path:
    """The graph of these policies as N-Quads. It is built once for each state of the examples, the code and the vocabulary, and kept."""
    vocabulary = load()
    state = hashlib.sha256(vocabulary.version.encode())
    for path in sorted([*(ROOT / "kg").rglob("*.py"), *EXAMPLES.iterdir(), Path(__file__)]):
        state.update(path.read_bytes())
    target = BUILT / f"corpus-{number}-{seed}-{state.hexdigest()[:12]}.nq"
    if not target.exists():
        texts = BUILT / f"corpus-{number}-{seed}"
        save(texts, number, seed)
        with replacing(target) as stream:
            write(Batch([texts], vocabulary), vocabulary, stream, "nquads")
    return target


def save(folder: Path, number: int = 1000, seed: int = 2) -> None:
    """Write each policy to a file of its own in `folder`, and beside them what is known of each."""
    folder.mkdir(parents=True, exist_ok=True)
    known = []
    for policy in policies(number, seed):
        (folder / policy.name).write_text(policy.text, encoding="utf-8")
        known.append(f'["{policy.name}"]\ncontroller = "{policy.controller}"\nlanguage = "{policy.language}"\ntitle = "Privacy"\n')
    (folder / "policies.toml").write_text("\n".join(known), encoding="utf-8")


def save_rows(path: Path, number: int = 1000, seed: int = 2, *, annotated: bool = True) -> None:
    """Write the policies as plain text to a data set of JSON Lines, each with its `id` and controller."""
    with replacing(path) as stream:
        for policy in policies(number, seed, annotated=annotated):
            row = {"id": policy.name.removesuffix(".md"), "text": _MARK.sub("", policy.text), "controller": policy.controller}
            stream.write((json.dumps(row, ensure_ascii=False) + "\n").encode())


@cache
def _patterns(annotated: bool) -> dict[str, tuple[Pattern, ...]]:
    paths = [path for path in sorted(EXAMPLES.iterdir()) if path.suffix != ".toml"]
    paths += sorted(ANNOTATED.glob("*.txt")) if annotated else []
    made = [_pattern(path) for path in paths]
    return {
        language: tuple(pattern for pattern in made if pattern.language == language and len(pattern.sections) >= _LEAST)
        for language in _FORMS
    }


def _pattern(path: Path) -> Pattern:
    document = read(path)
    full = document.metadata.controller
    names = (full, full.split()[0]) if full else ()
    sections: list[list[str]] = [[]]
    for block in document.blocks:
        if block.kind.is_furniture:
            continue
        line = " ".join(document.text[block.start : block.end].split())
        if block.kind is BlockKind.HEADING:
            sections.append([f"{'#' * max(1, min(block.level or 2, 6))} {line}"])
        else:
            sections[-1].append(f"- {line}" if block.kind is BlockKind.ITEM else line)
    return Pattern(document.language, names, tuple(tuple(section) for section in sections if section))


def _text(pattern: Pattern, patterns: tuple[Pattern, ...], stem: str, full: str, chance: random.Random) -> str:
    opening, *rest = pattern.sections
    body = [section for section in rest if chance.random() < _KEPT]
    turn = chance.randrange(1 + len(body) // 2)
    lines = list(opening)
    for section in body[turn:] + body[:turn]:
        lines += _thinned(section, chance)
    text = _renamed("\n\n".join(lines), pattern, stem, full)
    others = [other for other in patterns if other is not pattern]
    if others and chance.random() < _BORROWED:
        other = chance.choice(others)
        section = chance.choice(other.sections[1:] or other.sections)
        text += "\n\n" + _renamed("\n\n".join(section), other, stem, full)
    return text + "\n"


def _thinned(section: tuple[str, ...], chance: random.Random) -> list[str]:
    """The heading and the first line, which may lead in a list, with some of the rest."""
    return [line for place, line in enumerate(section) if place < 2 or chance.random() < _KEPT]


def _renamed(text: str, pattern: Pattern, stem: str, full: str) -> str:
    if not pattern.names:
        return _ADDRESS.sub(f"{stem.lower()}.example", _NAME.sub(full, text))
    whole, short = pattern.names
    text = text.replace(whole, full)
    for old, new in ((short, stem), (short.upper(), stem.upper()), (short.lower(), stem.lower())):
        text = re.sub(rf"\b{re.escape(old)}(?!\w)", new, text)
    return text


def main() -> None:
    """Write the policies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=Path, help="a folder, or a file of JSON Lines")
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--annotated", action="store_true", help="in a file of JSON Lines")
    options = parser.parse_args()
    if options.target.suffix == ".jsonl":
        save_rows(options.target, options.number, options.seed, annotated=options.annotated)
    else:
        save(options.target, options.number, options.seed)


if __name__ == "__main__":
    main()
