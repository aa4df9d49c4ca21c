"""What the nodes and edges of a property graph are called."""

from __future__ import annotations

import re
from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    "pk:PolicyVersion": "Policy",
    "pk:PolicySeries": "PolicySeries",
    "pk:Practice": "Practice",
    "pk:Denial": "Denial",
    "pk:RightStatement": "RightStatement",
    "pk:NoticeStatement": "NoticeStatement",
    "pk:Clause": "Clause",
    "pk:Condition": "Condition",
    "pk:DefinedTerm": "DefinedTerm",
    "dpv:StorageDuration": "StorageDuration",
    "dpv:Organisation": "Organisation",
    "dpv:PersonalData": "DataCategory",
    "dpv:Purpose": "Purpose",
    "dpv:Recipient": "Recipient",
    "dpv:Processing": "Processing",
    "dpv:LegalBasis": "LegalBasis",
    "dpv:Right": "Right",
    "dpv:Location": "Location",
    "dpv:Technology": "Technology",
    "dpv:TechnicalMeasure": "Measure",
    "dpv:OrganisationalMeasure": "Measure",
    "dpv:LegalMeasure": "Measure",
    "dpv:DataSource": "DataSource",
    "dpv:HumanSubject": "DataSubject",
    "dpv:Law": "Law",
}
"""The label of a node by its type, the first that fits. What has none of these types is a `Concept`."""

BY_PREDICATE: Mapping[str, str] = {
    "dpv:hasPersonalData": "DataCategory",
    "dpv:hasPurpose": "Purpose",
    "pk:interestPursued": "Purpose",
    "dpv:hasRecipient": "Recipient",
    "dpv:hasProcessing": "Processing",
    "dpv:hasLegalBasis": "LegalBasis",
    "dpv:hasRight": "Right",
    "dpv:hasLocation": "Location",
    "dpv:isImplementedUsingTechnology": "Technology",
    "dpv:hasTechnicalMeasure": "Measure",
    "dpv:hasLegalMeasure": "Measure",
    "dpv:hasDataSource": "DataSource",
    "dpv:hasDataSubject": "DataSubject",
    "dpv:hasApplicableLaw": "Law",
}
"""The label of an object that has no type in the graph, by the predicate that leads to it."""


def edge_label(predicate: str, *, denied: bool) -> str:
    """The label of an edge.

    >>> edge_label("dpv:hasRecipient", denied=False), edge_label("dpv:hasRecipient", denied=True)
    ('HAS_RECIPIENT', 'DENIES_RECIPIENT')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", predicate.rpartition(":")[2]).upper()
    return "DENIES_" + re.sub(r"^(HAS|IS)_", "", words) if denied else words
