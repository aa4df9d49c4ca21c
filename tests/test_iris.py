"""IRIs: legal without escapes, stable, and different for what is different."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import iris
from kg.model import Document, Metadata


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lumihiutale Oy", "lumihiutale-oy"),
        ("Ääkkönen & Sons, Ltd.", "aakkonen-and-sons-ltd"),
        ("Straße 7 GmbH", "strasse-7-gmbh"),
        ("Ørsted Łódź", "orsted-lodz"),
        ("O’Neil's", "oneils"),
        ("fast food", "fast-food"),
    ],
)
def test_slug_keeps_what_ascii_can_say(name: str, expected: str) -> None:
    assert iris.slug(name) == expected


@pytest.mark.parametrize(("one", "other"), [("Волна Oy", "Ветер Oy"), ("雪", "雨"), ("a" * 90 + "b", "a" * 90 + "c"), ("?", "!")])
def test_slug_tells_apart_what_ascii_cannot(one: str, other: str) -> None:
    assert iris.slug(one) != iris.slug(other)


@given(st.text())
def test_slug_is_a_legal_local_name(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", iris.slug(name))


@given(st.text(), st.text())
def test_parts_of_a_version_are_legal_local_names(topic: str, name: str) -> None:
    version = iris.version(iris.series("acme", "notice"), "0123456789abcdef")
    for iri in (
        iris.clause(version, 3, 9),
        iris.statement(version, 3, topic, 2),
        iris.condition(version, 3),
        iris.duration(version, name),
        iris.defined_term(version, name, 3),
        iris.assertion(version, name, topic, "o", 3, 9),
    ):
        assert re.fullmatch(r"[a-z]\.[A-Za-z0-9.-]*[A-Za-z0-9-]", iri.removeprefix(version + "/"))


def test_assertions_differ_by_place() -> None:
    assert iris.assertion("v", "s", "p", "o", 1, 2) != iris.assertion("v", "s", "p", "o", 1, 3)
    assert iris.assertion("v", "s", "p", "o", 1, 2) == iris.assertion("v", "s", "p", "o", 1, 2)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (Metadata(series="Shop notice", title="Privacy"), "shop-notice"),
        (Metadata(title="Privacy"), "privacy"),
        (Metadata(), "policy-2024"),
    ],
)
def test_series_is_named_by_what_is_known_best(metadata: Metadata, expected: str) -> None:
    document = Document("in/Policy_2024.txt", "text", (), "en", metadata=metadata)
    assert iris.version_of(document, "org:acme-oy") == f"{iris.series('acme-oy', expected)}/v.{document.sha256[:12]}"
