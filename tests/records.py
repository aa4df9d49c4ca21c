"""A hand-made extraction of a fictional company's policy, for the tests of all that comes after extraction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kg.model import (
    Assertion,
    Block,
    BlockKind,
    Clause,
    Condition,
    DefinedTerm,
    Document,
    Extraction,
    Fact,
    Metadata,
    Organisation,
    Statement,
    StatementKind,
    StorageDuration,
    Value,
)

TEXT = """Privacy notice
Lumihiutale Oy ("Lumi") runs this shop.
We may share:
your e-mail address with "Postitiikeri" in Åbo\\Turku, if you ordered;
We never sell your name.
Our payment partner stores card numbers.
You can object to marketing.
Orders are generally kept for two years.
Reach us at shop@lumihiutale.example.
"""


@dataclass(frozen=True)
class Pinned:
    """A vocabulary of which only the version is known."""

    version: str = "1.0"


VOCABULARY = Pinned()


def span(quote: str, text: str = TEXT) -> tuple[int, int]:
    """Where `quote` first stands."""
    start = text.index(quote)
    return start, start + len(quote)


def claim(predicate: str, value: str | Value | StorageDuration, quote: str, confidence: float = 0.9, rule: str = "test") -> Assertion:
    """An assertion whose evidence is `quote`."""
    return Assertion(predicate, value, *span(quote), confidence=confidence, rule=rule)


def extraction() -> Extraction:
    """Every kind of record at least once."""
    lines = TEXT.splitlines(keepends=True)
    starts = [sum(map(len, lines[:n])) for n in range(len(lines))]
    blocks = tuple(
        Block(BlockKind.HEADING if n == 0 else BlockKind.PARAGRAPH, start, start + len(line) - 1)
        for n, (start, line) in enumerate(zip(starts, lines, strict=True))
    )
    clauses = tuple(
        Clause(n, block.start, block.end, n, "en", headings=(0,) if n else (), lead=(blocks[2].start, blocks[2].end) if n == 3 else None)
        for n, block in enumerate(blocks)
    )
    practice, denial, right = StatementKind.PRACTICE, StatementKind.DENIAL, StatementKind.RIGHT
    period = StorageDuration("orders", "dpv:TemporalDuration", "P2Y", "generally")

    def statement(kind: StatementKind, clause: int, topic: str, modality: str, *assertions: Assertion) -> Statement:
        return Statement(kind, starts[clause], topic, modality, (clause,), assertions)

    share = statement(
        practice,
        3,
        "share",
        "pk:May",
        claim("dpv:hasProcessing", "dpv:Share", "share"),
        claim("dpv:hasPersonalData", "pd:EmailAddress", "e-mail address"),
        claim("dpv:hasRecipient", "org:postitiikeri", "Postitiikeri"),
        claim("dpv:hasRecipient", "org:postitiikeri", "Postitiikeri", 0.4, "weaker"),
    )
    return Extraction(
        document=Document(
            "lumi.txt",
            TEXT,
            blocks,
            "en",
            metadata=Metadata(
                title="Privacy notice",
                controller="Lumihiutale Oy",
                source="https://lumihiutale.example/privacy",
                snapshot="https://archive.example/1",
                observed=date(2024, 5, 6),
                effective=date(2024, 1, 1),
            ),
        ),
        controller="org:lumihiutale-oy",
        clauses=clauses,
        statements=(
            share._replace(conditions=(Condition(*span("if you ordered"), kind="pk:IfRegistered"),)),
            statement(
                denial,
                4,
                "share",
                "pk:Does",
                claim("dpv:hasProcessing", "dpv:Sell", "sell"),
                claim("dpv:hasPersonalData", "pd:Name", "your name"),
            ),
            statement(
                practice,
                5,
                "store",
                "pk:Does",
                claim("dpv:isImplementedByEntity", "pk:BusinessPartner", "payment partner"),
                claim("dpv:hasPersonalData", "pd:PaymentCard", "card numbers"),
            ),
            statement(right, 6, "right", "pk:May", claim("dpv:hasRight", "eu-gdpr:A21", "object to marketing")),
            statement(practice, 7, "retention", "pk:Does", claim("dpv:hasStorageCondition", period, "two years"))._replace(
                hedges=(span("generally"),)
            ),
            statement(practice, 7, "retention", "pk:Does", claim("dpv:hasPurpose", "dpv:DeliveryOfGoods", "Orders")),
        ),
        facts=(
            Fact(None, 1, claim("dpv:hasDataController", "org:lumihiutale-oy", "Lumihiutale Oy", 1.0)),
            Fact("org:lumihiutale-oy", 8, claim("dpv:hasContact", Value("shop@lumihiutale.example"), "shop@lumihiutale.example")),
        ),
        organisations=(Organisation("org:lumihiutale-oy", "Lumihiutale Oy", ("Lumi",)), Organisation("org:postitiikeri", "Postitiikeri")),
        defined_terms=(DefinedTerm("Lumi", "org:lumihiutale-oy", ("pk:GroupCompany",), 1),),
    )
