"""A report as web pages: one a policy, its text beside the requirements, and an index. Each page stands alone and fetches nothing."""

from __future__ import annotations

import base64
import hashlib
import tomllib
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kg import iris
from kg.query import Candidate
from kg.validate.highlights import Row, Segment, Side, candidate_rows, highlight, rows
from kg.validate.passages import Account, Passage
from kg.validate.report import SEVERITIES, Report, Result, Status
from kg.validate.requirements import Requirement

INDEX = "index.html"
_DEFAULT_LANGUAGE = "en"
# The index has a column for each policy, as long as these fit on a screen.
_MATRIX_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class _Policy:
    """A policy in the index: its page, and what was found."""

    page: str
    heading: str
    document: str
    account: Account
    results: Mapping[str, Result]
    statuses: Mapping[str, int]
    severities: Mapping[str, int]
    candidates: Sequence[Candidate]


@cache
def languages() -> Mapping[str, Mapping[str, Any]]:
    """The words of the pages by language, as `templates/words.toml` has them."""
    return MappingProxyType(tomllib.loads(_asset("words.toml")))


def pages(
    report: Report,
    accounts: Mapping[str, Account],
    requirements: Iterable[Requirement],
    language: str | None = None,
    candidates: Iterable[Candidate] = (),
) -> Iterator[tuple[str, str]]:
    """The name and the text of each page: one for each policy version in the order of the report, and `INDEX`.

    `language` is one of `languages()`. Without it, each page is in the language of its policy, or in English where that has no words.
    `candidates` are shown for review, each in the page of its version.
    """
    known = {requirement.id: requirement for requirement in requirements}
    doubts: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        doubts.setdefault(candidate.version, []).append(candidate)
    policies: list[_Policy] = []
    taken = {INDEX}
    for version, group in groupby(report.results, key=lambda result: result.version):
        results = tuple(group)
        account = accounts[version]
        policy = _policy(_page(version, taken), results, account, doubts.get(version, ()))
        policies.append(policy)
        taken.add(policy.page)
        spoken = _language(language, [account.language])
        listed = rows(results, known, spoken) + candidate_rows(policy.candidates, languages()[spoken]["contradiction"], spoken)
        yield policy.page, _render("page.html", spoken, regime=report.regime, policy=policy, index=INDEX, **_view(account, listed))
    spoken = _language(language, [policy.account.language for policy in policies])
    names = dict(sorted((result.requirement, result.names.get(spoken) or result.names.get("en", "")) for result in report.results))
    matrix = policies if len(policies) <= _MATRIX_COLUMNS else []
    yield INDEX, _render("index.html", spoken, regime=report.regime, policies=policies, matrix=matrix, names=names)


def _policy(page: str, results: Sequence[Result], account: Account, candidates: Sequence[Candidate]) -> _Policy:
    first = results[0]
    return _Policy(
        page,
        first.title or first.document,
        first.document,
        account,
        {result.requirement: result for result in results},
        Counter(str(result.status) for result in results),
        Counter(result.severity for result in results if result.severity),
        candidates,
    )


def _view(account: Account, listed: Sequence[Row]) -> dict[str, Any]:
    highlighted = highlight(account.passages, listed)
    passages: list[tuple[str, Passage, tuple[Segment, ...]]] = list(
        zip(_tags(account.passages), account.passages, highlighted, strict=True)
    )
    shown = {place for segments in highlighted for segment in segments for place in segment.opens}
    older = all(row.anachronism for row in listed if row.source)
    return {"account": account, "groups": _groups(listed), "passages": passages, "shown": shown, "older": older}


def _tags(passages: Iterable[Passage]) -> Iterator[str]:
    """The elements of the passages. A heading is at most one level under the one before it, or screen readers take a level for missing."""
    depth = 0
    for passage in passages:
        if passage.kind == "heading":
            depth = min(passage.level, depth + 1, 4)
        yield f"h{depth + 2}" if passage.kind == "heading" else "p"


def _groups(listed: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """The rows in the order in which a reader needs them.

    First what to mend, the worst at the top, then what to review, what is answered, and what is not asked.
    """
    found: dict[str, list[Row]] = {name: [] for name in ("gaps", "review", "answered", "unknown", "not_asked", "graph")}
    for row in sorted(listed, key=lambda row: SEVERITIES.index(row.severity) if row.severity else len(SEVERITIES)):
        if row.status is None:
            found["review"].append(row)
        elif row.severity:
            found["gaps"].append(row)
        elif not row.source:
            found["graph"].append(row)
        elif row.status is Status.UNKNOWN:
            found["unknown"].append(row)
        elif row.status is Status.NOT_APPLICABLE:
            found["not_asked"].append(row)
        else:
            found["answered"].append(row)
    return [(name, members) for name, members in found.items() if members]


def _language(wanted: str | None, spoken: Iterable[str]) -> str:
    if wanted:
        return wanted
    found = set(spoken)
    only = found.pop() if len(found) == 1 else ""
    return only if only in languages() else _DEFAULT_LANGUAGE


def _page(version: str, taken: Container[str]) -> str:
    """A file name that no IRI can make into a path. IRIs that differ in signs alone are told apart by a digest."""
    name = iris.slug(version.removeprefix(iris.POLICIES))
    if f"{name}.html" in taken:
        name += "-" + hashlib.sha256(version.encode()).hexdigest()[:8]
    return f"{name}.html"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kg.validate", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    style, script = _asset("report.css"), _asset("report.js")
    environment.globals.update(
        # Both are the program's own; the hashes let these two run and nothing that a policy might bring along.
        style=Markup(style),
        script=Markup(script),
        content_security_policy=(
            f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
        ),
        statuses=tuple(Status),
        sides=tuple(Side),
        severities=SEVERITIES,
    )
    return environment


def _render(template: str, language: str, **context: Any) -> str:
    return _environment().get_template(template).render(language=language, words=languages()[language], **context)


@cache
def _asset(name: str) -> str:
    loader = PackageLoader("kg.validate", "templates")
    return loader.get_source(Environment(autoescape=True), name)[0]


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
