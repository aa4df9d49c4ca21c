"""What `kg reason` shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from kg.console.terminal import out

if TYPE_CHECKING:
    from kg.reason import Inferred, Ontology, Reasoning


def reasoning(found: Reasoning) -> None:
    """What the reasoner says of the ontology."""
    console = out()
    verdict = "consistent" if found.consistent else "inconsistent: it contradicts itself"
    console.print(f"HermiT: the ontology of {found.classes} classes is {verdict}.")
    for name in found.unsatisfiable:
        console.print(f"  {name} can have no instance: its definition contradicts itself")
    for name, above in found.inferred:
        console.print(f"  inferred: {name} is a kind of {above}")


def kinds(every: Sequence[Inferred], known: Ontology, console: Console) -> None:
    """How many statements are of each kind, and in how many policies."""
    statements = Counter(inference.kind for found in every for inference in found.inferences)
    policies = Counter(kind for found in every for kind in {inference.kind for inference in found.inferences})
    table = Table("kind", "", box=None, pad_edge=False)
    table.add_column("statements", justify="right")
    table.add_column("policies", justify="right")
    for kind in sorted(known.definitions):
        table.add_row(kind, known.labels.get(kind, ""), str(statements[kind] or "-"), str(policies[kind] or "-"))
    console.print(table)
