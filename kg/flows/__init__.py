"""Where data go: flows from controllers over data and purposes to recipients and places, measured and drawn.

A flow is what one statement says of one category of data: an empty part is not said in that place. Denials are no flows.
"""

from __future__ import annotations

from kg.flows.measures import (
    Community,
    Exit,
    Exposure,
    Pattern,
    Reach,
    communities,
    controllers_by_exposure,
    exits,
    patterns,
    recipients_by_reach,
)
from kg.flows.picture import draw
from kg.flows.reading import Flow, Flows, multigraph, read

__all__ = [
    "Community",
    "Exit",
    "Exposure",
    "Flow",
    "Flows",
    "Pattern",
    "Reach",
    "communities",
    "controllers_by_exposure",
    "draw",
    "exits",
    "multigraph",
    "patterns",
    "read",
    "recipients_by_reach",
]
