"""Targets and credentials of a push; the servers themselves are in test_engines.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kg.errors import ConfigurationError, MissingComponentError
from kg.push import Credentials, Protocol, credentials, push, target


@pytest.mark.parametrize(
    ("url", "asked", "protocol", "exposes"),
    [
        ("http://127.0.0.1:7878/store", None, Protocol.STORE, False),
        ("http://localhost/update", Protocol.UPDATE, Protocol.UPDATE, False),
        ("http://graph.example/store", None, Protocol.STORE, True),
        ("https://graph.example/store", None, Protocol.STORE, False),
        ("bolt://[::1]:7687", None, Protocol.BOLT, False),
        ("bolt://graph.example", None, Protocol.BOLT, True),
        ("neo4j+s://graph.example", None, Protocol.BOLT, False),
    ],
)
def test_the_url_says_the_protocol(url: str, asked: Protocol | None, protocol: Protocol, exposes: bool) -> None:
    to = target(url, asked)
    assert (to.url, to.protocol, to.exposes) == (url, protocol, exposes)


@pytest.mark.parametrize(
    ("url", "asked", "says"),
    [
        ("ftp://graph.example", None, "is none of"),
        ("graph.example", None, "is none of"),
        ("http://", None, "is none of"),
        ("http://[::1", None, "the URL"),
        ("bolt://graph.example", Protocol.STORE, "is not spoken to by store"),
        ("http://graph.example", Protocol.BOLT, "choose store or update"),
    ],
)
def test_what_is_no_target_says_why(url: str, asked: Protocol | None, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        target(url, asked)


def test_credentials_come_from_the_environment_or_a_prompt() -> None:
    asked = []

    def prompt(text: str) -> str:
        asked.append(text)
        return "typed"

    assert credentials(None, {}, prompt) is None
    assert credentials(None, {"KG_PUSH_USER": "me", "KG_PUSH_PASSWORD": "known"}, prompt) == Credentials("me", "known")
    assert asked == []
    assert credentials("you", {"KG_PUSH_USER": "me"}, prompt) == Credentials("you", "typed")
    assert asked == ["Password of you: "]


def test_a_password_is_not_shown() -> None:
    assert "hidden" not in repr(Credentials("me", "hidden"))


def test_where_nobody_can_be_asked_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(ConfigurationError, match="KG_PUSH_PASSWORD: is not set"):
        credentials("me", {})


def test_a_missing_driver_names_its_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delitem(sys.modules, "kg.push.bolt", raising=False)
    monkeypatch.setitem(sys.modules, "neo4j", None)
    with pytest.raises(MissingComponentError, match=r"policy-kg\[push\]"):
        push(tmp_path / "graph.nq", target("bolt://127.0.0.1"))
