"""The measures of flows as tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from kg.flows.measures import communities, controllers_by_exposure, exits, patterns, recipients_by_reach
from kg.flows.reading import Flows

Table = tuple[str, Sequence[str], list[tuple[str, ...]]]


def measured(found: Flows, data: str | None = None) -> Iterator[Table]:
    """The title, the columns and the rows of each measure; `data` confines how data leave to one category."""

    def names(terms: Iterable[str]) -> str:
        return ", ".join(map(found.name, terms))

    yield (
        "Recipients by reach",
        ("recipient", "controllers", "data", "purposes", "places"),
        [
            (found.name(row.recipient), str(row.controllers), str(row.data), str(row.purposes), names(row.places))
            for row in recipients_by_reach(found)
        ],
    )
    yield (
        "Controllers by exposure",
        ("controller", "recipients", "data", "flows", "only possible", "outside the EEA"),
        [
            (found.name(row.controller), str(row.recipients), str(row.data), str(row.flows), str(row.possible), names(row.outside))
            for row in controllers_by_exposure(found)
        ],
    )
    yield (
        "Most common patterns",
        ("data", "purpose", "recipient", "controllers"),
        [(*map(found.name, (row.data, row.purpose, row.recipient)), str(row.controllers)) for row in patterns(found)],
    )
    yield (
        "Controllers that are alike in what they do",
        ("controllers", "in common"),
        [(names(row.controllers), ", ".join(row.common)) for row in communities(found)],
    )
    yield (
        "How data leave the EEA",
        ("controller", "way", "clauses", "certainty"),
        [
            (
                found.name(row.controller),
                " → ".join(map(found.name, row.path)),
                str(len(row.clauses)),
                ", ".join(filter(None, ("only possible" if row.possible else "stated", "head office" if row.seat else ""))),
            )
            for row in exits(found, data)
        ],
    )


def serialized(found: Flows, data: str | None = None) -> str:
    """All flows and measures as one JSON object; terms are CURIEs, ``names`` says what they are called."""
    told = {
        "flows": [flow._asdict() for flow in found.flows],
        "recipients": [row._asdict() for row in recipients_by_reach(found)],
        "controllers": [row._asdict() for row in controllers_by_exposure(found)],
        "patterns": [row._asdict() for row in patterns(found)],
        "communities": [row._asdict() for row in communities(found)],
        "exits": [row._asdict() for row in exits(found, data)],
        "names": dict(sorted(found.names.items())),
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
