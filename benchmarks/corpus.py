"""A thousand policies out of the examples: companies, sections, sentences and items vary, and the same seed gives the same bytes.

    python benchmarks/corpus.py FOLDER [--number 1000] [--seed 2]

Each policy takes one example as its pattern, has a company of its own, leaves out some of the sections, paragraphs and items, and
borrows a section from another example of its language now and then. Every tenth company publishes two versions of its policy.
"""

from __future__ import annotations

import argparse
import hashlib
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
BUILT = ROOT / "build" / "bench"

_BEGINNINGS = "Ald Bel Cor Dun Esk Fen Gal Hal Ing Jar Kel Lin Mor Nor Orm Pel Quin Ras Sol Tor Ulv Vel Win Yar Zel".split()
_MIDDLES = "ba da fo ga le mi no pu ra si ta vo".split()
_ENDINGS = "berg dale field ford haven holt lund mere stead thorn vik wick".split()
_TRADES = {"en": ("Analytics", "Books", "Foods", "Hotels", "Outdoor", "Systems"), "fi": ("Kauppa", "Palvelut", "Tekniikka", "Varaosat")}
_FORMS = {"en": ("Ltd", "Inc.", "GmbH", "AB", "LLC"), "fi": ("Oy", "Oyj", "Ky")}
_KEPT = 0.75  # of sections, paragraphs and items
_BORROWED = 0.3  # of policies have a section of another example


@dataclass(frozen=True, slots=True)
class Pattern:
    """An example: its language, the names of its company, longest first, and its sections as lines of Markdown, title first."""

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


def policies(number: int = 1000, seed: int = 2) -> Iterator[Policy]:
    """`number` policies of fictional companies."""
    patterns = _patterns()
    for index in range(number):
        again = index % 10 == 9
        company = random.Random(f"{seed} company {index - again}")
        chance = random.Random(f"{seed} text {index}")
        pattern = company.choice(patterns)
        name = company.choice(_BEGINNINGS) + company.choice(_MIDDLES) + company.choice(_ENDINGS)
        full = f"{name} {company.choice(_TRADES[pattern.language])} {company.choice(_FORMS[pattern.language])}"
        yield Policy(f"{index:04}-{name.lower()}.md", full, pattern.language, _text(pattern, patterns, name, full, chance))


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


@cache
def _patterns() -> tuple[Pattern, ...]:
    return tuple(_pattern(path) for path in sorted(EXAMPLES.iterdir()) if path.suffix != ".toml")


def _pattern(path: Path) -> Pattern:
    document = read(path)
    full = document.metadata.controller or path.stem
    short = full.split()[0]
    sections: list[list[str]] = [[]]
    for block in document.blocks:
        if block.kind.is_furniture:
            continue
        line = " ".join(document.text[block.start : block.end].split())
        if block.kind is BlockKind.HEADING:
            sections.append([f"{'#' * max(1, min(block.level or 2, 6))} {line}"])
        else:
            sections[-1].append(f"- {line}" if block.kind is BlockKind.ITEM else line)
    return Pattern(document.language, (full, short), tuple(tuple(section) for section in sections if section))


def _text(pattern: Pattern, patterns: tuple[Pattern, ...], name: str, full: str, chance: random.Random) -> str:
    opening, *rest = pattern.sections
    body = [section for section in rest if chance.random() < _KEPT]
    lines = list(opening)
    for section in body:
        lines += _thinned(section, chance)
    text = _renamed("\n\n".join(lines), pattern, name, full)
    others = [other for other in patterns if other.language == pattern.language and other is not pattern]
    if others and chance.random() < _BORROWED:
        other = chance.choice(others)
        section = chance.choice(other.sections[1:] or other.sections)
        text += "\n\n" + _renamed("\n\n".join(section), other, name, full)
    return text + "\n"


def _thinned(section: tuple[str, ...], chance: random.Random) -> list[str]:
    """The heading and the first line, which may lead in a list, with some of the rest."""
    return [line for place, line in enumerate(section) if place < 2 or chance.random() < _KEPT]


def _renamed(text: str, pattern: Pattern, name: str, full: str) -> str:
    whole, short = pattern.names
    text = text.replace(whole, full)
    for old, new in ((short, name), (short.upper(), name.upper()), (short.lower(), name.lower())):
        text = re.sub(rf"\b{re.escape(old)}(?!\w)", new, text)
    return text


def main() -> None:
    """Write the policies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    save(options.folder, options.number, options.seed)


if __name__ == "__main__":
    main()
