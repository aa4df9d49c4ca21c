"""The fast reading of N-Quads gives what Oxigraph's parser gives, whatever stands in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse, serialize

from kg.errors import InputError
from kg.export import lines
from kg.export.lines import Subject, subjects, subjects_of

IRIS = st.sampled_from([f"https://shop.example/{name}" for name in ("a", "b#c", "ä", "x/y,z;1", "q'()")] + ["urn:a"]).map(NamedNode)
TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("\"'\\\n\r\t .<>@^_:#uU0041é🦊")
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.tuples(TEXTS, st.sampled_from(["en", "fi", "en-GB"])).map(lambda pair: Literal(pair[0], language=pair[1])),
    st.tuples(TEXTS, IRIS).map(lambda pair: Literal(pair[0], datatype=pair[1])),
)
QUADS = st.lists(st.builds(Quad, IRIS, IRIS, IRIS | LITERALS, IRIS), max_size=12)


def merged(found: list[Subject]) -> list[Subject]:
    """Neighbours of one subject and graph as one."""
    together: list[Subject] = []
    for graph, subject, pairs in found:
        if together and together[-1][:2] == (graph, subject):
            together[-1][2].extend(pairs)
        else:
            together.append((graph, subject, list(pairs)))
    return together


def expected(data: bytes) -> list[Subject]:
    return merged(list(subjects_of(parse(data, format=RdfFormat.N_QUADS))))


@given(quads=QUADS)
@example(quads=[Quad(NamedNode("urn:s"), NamedNode("urn:p"), Literal('" <urn:g> .\n" <urn:g> .'), NamedNode("urn:g"))] * 2)
def test_what_is_written_the_usual_way_is_read_alike(quads: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("lines") / "graph.nq"
    path.write_bytes(serialize(quads, format=RdfFormat.N_QUADS) or b"")
    assert list(subjects(path)) == expected(path.read_bytes())


@pytest.mark.parametrize(
    "text",
    [
        "# a note\n<urn:s> <urn:p> <urn:o> <urn:g> .\n",
        "<urn:s>\t<urn:p>\t<urn:o>\t<urn:g> .\r\n",
        "<urn:s><urn:p><urn:o><urn:g>.\n",
        "<urn:s> <urn:p> <urn:o> .\n<urn:s> <urn:p> <urn:o2> .\n",
        '<urn:s> <urn:p> "\\U0001F98A \\u00e9" <urn:g> . # a fox\n',
        "_:b <urn:p> <urn:o> <urn:g> .\n<urn:s> <urn:p> _:b <urn:g> .\n<urn:s> <urn:p> <urn:o> <urn:g> .\n",
        "<urn:\\u0073> <urn:p> <urn:o> <urn:g> .",
        '\n\n<urn:s> <urn:p> "x"@EN-gb <urn:g> .\n\n',
    ],
)
def test_what_is_written_in_other_ways_is_read_alike(text: str, tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    path.write_text(text, encoding="utf-8", newline="")
    assert list(subjects(path)) == expected(path.read_bytes())


@pytest.mark.parametrize("size", [37, 64, 1000])
def test_blocks_end_anywhere(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "graph.nq"
    path.write_text("".join(f'<urn:s{n // 3}> <urn:p> "{"ä" * n}" <urn:g> .\n' for n in range(60)), encoding="utf-8")
    monkeypatch.setattr(lines, "_BLOCK", size)
    assert list(subjects(path)) == expected(path.read_bytes())


@pytest.mark.parametrize(
    "line",
    [
        "<urn:s> <urn:p> .",
        '<urn:s> <urn:p> "x" y <urn:g> .',
        '<urn:s> <urn:p> "x\\q" <urn:g> .',
        '<urn:s> <urn:p> "x"@ <urn:g> .',
        '<urn:s> <urn:p> "x <urn:g> .',
        '<urn:s> "p" <urn:o> <urn:g> .',
        "<urn:s> <urn:p> <not an iri> <urn:g> .",
        "<no-scheme> <urn:p> <urn:o> <urn:g> .",
        '<urn:s> <urn:p> "x"^^y <urn:g> .',
    ],
)
def test_a_malformed_line_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "graph.nq"
    path.write_text("<urn:s> <urn:p> <urn:o> <urn:g> .\n" * 3 + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"graph\.nq: line 4"):
        list(subjects(path))


def test_what_is_no_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "graph.nq").write_bytes(b'<urn:s> <urn:p> "\xff" <urn:g> .\n')
    with pytest.raises(InputError, match=r"graph\.nq: is not UTF-8"):
        list(subjects(tmp_path / "graph.nq"))
