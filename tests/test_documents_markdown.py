"""Markdown: the file is the canonical text, its blocks are spans without the markers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.documents import read_text
from kg.documents.layout import arrange
from kg.documents.markdown import read_markdown
from kg.model import BlockKind

POLICY = """---
title: "Privacy notice"
lang: en
---
# Privacy notice #

**What we collect**

We collect personal data when you
use our service:

- your name
* contact data:
  1. email
  2. phone

| Data | Purpose |
|:-----|---------|
| Email | News |

Contact
-------

Example Ltd\\
1 Sample Street\\
a@example.com

<details><summary>More</summary>We share nothing with anybody.</details>
"""


def test_blocks_are_spans_of_the_file() -> None:
    document = read_text("p.md", POLICY, suffix=".md")
    assert document.text == POLICY
    assert document.metadata.title == "Privacy notice"
    assert [(block.kind.value, POLICY[block.start : block.end]) for block in document.blocks] == [
        ("heading", "Privacy notice"),
        ("heading", "What we collect"),
        ("paragraph", "We collect personal data when you\nuse our service:"),
        ("item", "your name"),
        ("item", "contact data:"),
        ("item", "email"),
        ("item", "phone"),
        ("cell", "Data"),
        ("cell", "Purpose"),
        ("cell", "Email"),
        ("cell", "News"),
        ("heading", "Contact"),
        ("paragraph", "Example Ltd"),
        ("paragraph", "1 Sample Street"),
        ("paragraph", "a@example.com"),
        ("heading", "More"),
        ("paragraph", "We share nothing with anybody."),
    ]


def test_levels_leads_and_headers() -> None:
    blocks = read_text("p.md", POLICY, suffix=".md").blocks
    assert [block.level for block in blocks if block.kind is BlockKind.ITEM] == [1, 1, 2, 2]
    assert [blocks[i].lead for i in (3, 5, 6)] == [2, 4, 4]
    assert [blocks[i].headers for i in (9, 10)] == [(7,), (8,)]


def test_windows_line_ends_keep_the_offsets() -> None:
    text = POLICY.replace("\n", "\r\n")
    document = read_text("p.md", text, suffix=".md")
    assert document.text == text
    assert [text[b.start : b.end] for b in document.blocks if b.kind is BlockKind.CELL] == ["Data", "Purpose", "Email", "News"]


LINES = st.sampled_from(
    ["# H", "- a", "  - b", "1. c", "> q", "| a | b |", "|---|---|", "```", "text that goes on", "===", "", "**B**", "<b>x</b>", "\\", "\t"]
)


@given(st.one_of(st.text(max_size=200), st.lists(LINES, max_size=25).map("\n".join)))
def test_any_text_gives_ordered_blocks(text: str) -> None:
    draft = read_markdown(text)
    assert draft.text == text
    at = 0
    for block in arrange(draft):
        assert at <= block.start < block.end <= len(text)
        at = block.end
