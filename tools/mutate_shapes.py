"""Takes each constraint out of the shapes in turn and says which example graph notices. Whatever none notices is not tested.

    python tools/mutate_shapes.py [--verbose]

A mutant lacks one constraint, one member of an or/and/xone list, one target, or one link to the pattern of a status. It is tried on the
examples of the requirements whose shapes lead to it, and is caught when one of them no longer gives what its head says. Writes
docs/mutants.md.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import BNode, Literal, Node

from kg.validate import ALL, regime

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from shape_examples import EXAMPLES, STATUSES, Trial, Triple  # noqa: E402

PAGE = ROOT / "docs" / "mutants.md"
KINDS = {"constraint": "constraints", "member": "members", "status": "statuses", "target": "targets"}
LISTS = (SH["or"], SH["and"], SH.xone)
# A constraint of several parameters, which mean nothing apart.
TOGETHER = {SH.qualifiedValueShape: (SH.qualifiedMinCount, SH.qualifiedMaxCount), SH.pattern: (SH.flags,)}
SINGLE = tuple(
    SH[name]
    for name in "class datatype nodeKind minExclusive minInclusive maxExclusive maxInclusive minLength maxLength languageIn uniqueLang"
    " equals disjoint lessThan lessThanOrEquals not and or xone node property in hasValue minCount maxCount closed".split()
)


@dataclass(frozen=True)
class Mutant:
    """A change of the shapes: triples to take out and to put in. `shape` is the named shape that it is in, `what` the part that is gone."""

    node: Node
    shape: str
    kind: str
    what: str
    out: tuple[Triple, ...]
    into: tuple[Triple, ...] = ()


def mutants(shapes: Graph) -> list[Mutant]:
    """Every mutant of the shapes, in an order that does not depend on the names of blank nodes."""
    found = []
    for subject, predicate, value in shapes:
        if predicate in TOGETHER:
            out = [(subject, p, o) for p in (predicate, *TOGETHER[predicate]) for o in shapes.objects(subject, p)]
            found.append(_mutant(shapes, subject, "constraint", predicate, value, out))
        elif predicate in SINGLE:
            found.append(_mutant(shapes, subject, "constraint", predicate, value, [(subject, predicate, value)]))
        elif predicate in STATUSES.values():
            found.append(_mutant(shapes, subject, "status", predicate, value, [(subject, predicate, value)]))
        elif predicate == SH.targetClass:
            found.append(_mutant(shapes, subject, "target", predicate, value, [(subject, predicate, value)]))
        if predicate in LISTS:
            found.extend(_members(shapes, subject, predicate, value))
    return sorted(found, key=lambda mutant: (mutant.shape, mutant.kind, mutant.what))


def _members(shapes: Graph, subject: Node, predicate: Node, head: Node) -> Iterator[Mutant]:
    """The list without each of its members; a list of one is left to the mutant without the whole constraint."""
    cells = [head]
    while (rest := shapes.value(cells[-1], RDF.rest)) not in (None, RDF.nil):
        cells.append(rest)  # type: ignore[arg-type]
    if len(cells) == 1:
        return
    for number, cell in enumerate(cells):
        member, after = shapes.value(cell, RDF.first), shapes.value(cell, RDF.rest)
        assert member is not None
        assert after is not None
        link = (subject, predicate, head) if number == 0 else (cells[number - 1], RDF.rest, cell)
        yield _mutant(shapes, subject, "member", predicate, member, [link], [(link[0], link[1], after)])


def _mutant(
    shapes: Graph, node: Node, kind: str, predicate: Node, value: Node, out: Sequence[Triple], into: Sequence[Triple] = ()
) -> Mutant:
    return Mutant(node, _owner(shapes, node), kind, f"{_short(predicate)} {_said(shapes, value)}", tuple(out), tuple(into))


def _owner(shapes: Graph, node: Node) -> str:
    while not isinstance(node, URIRef):
        node = min(shapes.subjects(None, node), key=str)
    return _short(node)


def _said(shapes: Graph, node: Node, depth: int = 6) -> str:
    """A node in words, a blank one by what is said of it."""
    if not isinstance(node, BNode):
        return node.n3() if isinstance(node, Literal) else _short(node)
    if depth == 0:
        return "…"
    if shapes.value(node, RDF.first) is not None:
        return "( " + " ".join(_said(shapes, member, depth - 1) for member in shapes.items(node)) + " )"
    parts = sorted(f"{_short(p)} {_said(shapes, o, depth - 1)}" for p, o in shapes.predicate_objects(node) if p != SH.message)
    return "[ " + " ; ".join(parts) + " ]"


def _short(node: Node) -> str:
    return str(node).rpartition("#")[2] or str(node)


def catching(trial: Trial, mutant: Mutant) -> str | None:
    """The first example that notices the mutant, and how."""
    for example in EXAMPLES:
        if mutant.node in trial.parts[example.requirement]:
            faults = trial.faults(example, frozenset(mutant.out), mutant.into)
            if faults:
                return f"{example.name}: {faults[0]}"
    return None


def summary(outcomes: Sequence[tuple[Mutant, str | None]]) -> str:
    """The page about a run: how many mutants of each shape there are, how many were caught, and by how many examples."""
    lines = [
        "# Mutants of the shapes",
        "",
        "<!-- Written by `make mutate`. -->",
        "",
        "Each mutant lacks one constraint of a shape, one member of an *or*, *and* or *xone*, one link to the pattern of a status,",
        "or one target. It is caught when an example graph in `tests/shapes` no longer gives the status, results, focus node, severity",
        "and message that stand at its head.",
        "",
        f"{len(EXAMPLES)} examples; {len(outcomes)} mutants, {sum(1 for _, caught in outcomes if caught)} caught.",
        "",
        f"| shape | {' | '.join(KINDS.values())} | caught | examples that catch first |",
        "|---|" + "---|" * (len(KINDS) + 2),
    ]
    shapes: dict[str, list[tuple[Mutant, str | None]]] = {}
    for mutant, caught in outcomes:
        shapes.setdefault(mutant.shape, []).append((mutant, caught))
    for shape, rows in sorted(shapes.items()):
        counts = Counter(mutant.kind for mutant, _ in rows)
        catching = {caught.partition(":")[0] for _, caught in rows if caught}
        cells = [str(counts[kind] or "") for kind in KINDS]
        lines.append(f"| {shape} | {' | '.join(cells)} | {sum(1 for _, caught in rows if caught)} of {len(rows)} | {len(catching)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the mutants that nothing caught, and write the page; 1 when there are any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--verbose", action="store_true", help="say for each mutant what caught it")
    options = parser.parse_args()
    trial = Trial(regime(ALL))
    outcomes = [(mutant, catching(trial, mutant)) for mutant in mutants(trial.rules.shapes)]
    for mutant, caught in outcomes:
        if caught is None or options.verbose:
            print(f"{mutant.shape} without {mutant.kind} {mutant.what}\n    {caught or 'NOT CAUGHT'}")
    survived = sum(1 for _, caught in outcomes if caught is None)
    print(f"{len(outcomes)} mutants, {survived} not caught")
    PAGE.write_text(summary(outcomes), encoding="utf-8")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
