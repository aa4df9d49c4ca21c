"""Where the time of extraction goes: cProfile over the annotated policies, by step and family of rules.

    python benchmarks/hotspots.py [FOLDER] [--json]

A family is a rule of `kg.extract.RULES`, or a step beside them. What a family asks of shared code counts for it, so that the shares add up;
shared readings of a clause (its frames, its asides) are remembered, and count for whoever asked first. The profiler slows small functions
more than large ones: the shares are for orientation, not for the clock. It sees nothing of compiled functions, so all runs uncompiled here.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import sys
from pathlib import Path

from figures import Figure, parser, tell

os.environ["KG_PURE"] = "1"

from kg.documents import read
from kg.extract import RULES, extract
from kg.extract.judgement import learnt
from kg.vocabulary import load

ROOT = Path(__file__).resolve().parents[1]
ANNOTATED = ROOT.parent / "shared" / "bench" / "gdpr-transparency" / "policies"
MOST = 0.25
"""The share that one family of rules may have."""

STEPS = {
    ("segment", "segment"): "clauses",
    ("extract/scene", "scenes"): "mentions of terms",
    ("extract/scene", "recognise"): "mentions of organisations",
    ("extract/names", "common_words"): "names",
    ("extract/names", "find_controller"): "names",
    ("extract/identity", "controller_facts"): "identity",
    ("extract/identity", "contact_facts"): "identity",
    ("extract/identity", "version_facts"): "identity",
    ("extract/identity", "defined_terms"): "identity",
    ("extract/assemble", "assemble"): "statements",
    ("extract/judgement", "judge"): "fitted part",
}


def shares(folder: Path) -> tuple[dict[str, float], float]:
    """The seconds of each family, and of all."""
    vocabulary, weights = load(), learnt()
    documents = [read(path) for path in sorted(folder.glob("*.txt"))]
    extract(documents[0], vocabulary, weights)
    profile = cProfile.Profile()
    profile.enable()
    for document in documents:
        extract(document, vocabulary, weights)
    profile.disable()
    named = {(sys.modules[rule.find.__module__].__file__, rule.find.__name__): f"rule {rule.find.__name__}" for rule in RULES}
    named |= {(str(ROOT / "kg" / f"{module}.py"), function): step for (module, function), step in STEPS.items()}
    found: dict[str, float] = {}
    whole = 0.0
    for (file, _, function), (_, _, _, seconds, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if family := named.get((file, function)):
            found[family] = found.get(family, 0.0) + seconds
        elif function == "extract" and file.endswith("extract/__init__.py"):
            whole = seconds
    found["the rest"] = whole - sum(found.values())
    return found, whole


def main() -> int:
    """Print a line a family; 1 when a rule has too large a share."""
    parsed = parser(__doc__)
    parsed.add_argument("folder", nargs="?", type=Path, default=ANNOTATED if ANNOTATED.is_dir() else ROOT / "examples" / "policies")
    options = parsed.parse_args()
    found, whole = shares(options.folder)
    figures = []
    for family, seconds in sorted(found.items(), key=lambda item: -item[1]):
        print(f"{family:28}{seconds / whole:7.1%}")
        bar, met = ("≤ 25 %", seconds / whole <= MOST) if family.startswith("rule ") else ("", None)
        figures.append(Figure(family, 100 * seconds / whole, "% of the time", bar=bar, met=met))
    tell(options, figures, f"{len(list(options.folder.glob('*.txt')))} texts under cProfile")
    return int(any(figure.met is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
