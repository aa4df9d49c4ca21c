"""A report as SARIF 2.1.0, the OASIS format by which code-review tools show findings on their lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote

from kg.model import Evidence
from kg.query import Candidate, Question, question
from kg.validate.passages import Account
from kg.validate.report import Report, Result
from kg.validate.requirements import Requirement

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"Violation": "error", "Warning": "warning", "Info": "note"}
_Json: TypeAlias = dict[str, Any]


class _Finding(NamedTuple):
    """What becomes a result: a gap, or a candidate for review. It stands on the first of its clauses."""

    rule: str
    severity: str
    message: str
    version: str
    document: str
    clauses: tuple[Evidence, ...]
    properties: _Json


def sarif(
    report: Report,
    accounts: Mapping[str, Account],
    requirements: Iterable[Requirement],
    version: str,
    language: str = "en",
    candidates: Iterable[Candidate] = (),
) -> str:
    """One SARIF run: a rule for each requirement and each kind of candidate, a result for each gap and each candidate of each policy.

    Offsets and lines count in the canonical text; lines are known only of accounts with a text. A gap stands on the first clause that half
    answers it or that makes it be asked, and without any at the start of the text; a candidate stands on the clause that says something,
    with those that speak against it as related locations. It is a note and not of SARIF's kind "review", which viewers hide unless asked.
    A fingerprint is made of the document, the rule and the words, not of offsets or of a digest of the text, so that it lasts while other
    parts of the policy change. `version` is this program's.
    """
    doubts = tuple(candidates)
    asked = [question(name) for name in dict.fromkeys(doubt.question for doubt in doubts)]
    rules = [*(_rule(rule, language) for rule in requirements), *(_review(rule, language) for rule in asked)]
    order = {rule["id"]: number for number, rule in enumerate(rules)}
    found = [*(_gap(result, language) for result in report.results if result.severity), *(_doubt(doubt, language) for doubt in doubts)]
    uris = {result.version: _uri(result, accounts.get(result.version)) for result in report.results}
    artifacts = {uri: {"uri": uri, "index": number} for number, uri in enumerate(dict.fromkeys(uris.values()))}
    run: _Json = {
        "tool": {"driver": {"name": "policy-kg", "semanticVersion": version, "rules": rules}},
        "automationDetails": {"id": f"kg validate/{report.regime}/"},
        "columnKind": "unicodeCodePoints",
        "language": language,
        "artifacts": [{"location": {"uri": uri}, "roles": ["analysisTarget"]} for uri in artifacts],
        "results": [
            _result(finding, order[finding.rule], artifacts[uris[finding.version]], accounts.get(finding.version))
            for finding in found
            if finding.rule in order
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Requirement, language: str) -> _Json:
    name = _said(rule.names, language) or rule.id
    remedy = _said(rule.messages, language) or name
    law = " ".join(filter(None, (rule.citation, rule.source and f"<{rule.source}>")))
    described: _Json = {
        "id": rule.id,
        "name": name,
        "shortDescription": {"text": name},
        "fullDescription": {"text": remedy},
        "help": {"text": "\n".join(filter(None, (remedy, law))), "markdown": "\n\n".join(filter(None, (remedy, law)))},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }
    return described | ({"helpUri": rule.source} if rule.source else {})


def _review(asked: Question, language: str) -> _Json:
    name, remedy = _said(asked.questions, language) or asked.name, _said(asked.review, language)
    return {
        "id": asked.name,
        "name": name,
        "shortDescription": {"text": name},
        "fullDescription": {"text": remedy},
        "help": {"text": "\n".join(filter(None, (remedy, asked.why, asked.read)))},
        "defaultConfiguration": {"level": _LEVELS["Info"]},
    }


def _gap(result: Result, language: str) -> _Finding:
    message = result.message(language) or result.requirement
    properties = {"status": str(result.status), "version": result.version, "anachronism": result.anachronism}
    return _Finding(result.requirement, str(result.severity), message, result.version, result.document, result.clauses, properties)


def _doubt(candidate: Candidate, language: str) -> _Finding:
    clauses = (candidate.denied, *candidate.affirmed)
    message = f"{candidate.message(language)} {' ≠ '.join(f'“{clause.quote}”' for clause in clauses)}"
    properties = {"status": "candidate", "version": candidate.version}
    return _Finding(candidate.question, "Info", message, candidate.version, candidate.document, clauses, properties)


def _result(finding: _Finding, rule: int, artifact: _Json, account: Account | None) -> _Json:
    text = account.text if account else None
    places = [_location(artifact, clause, text) for clause in finding.clauses if clause.start < clause.end]
    start = _location(artifact, Evidence(finding.version, "", 0, 0), "")
    found: _Json = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "kind": "fail",
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [places[0] if places else start],
        "partialFingerprints": {"policyGap/v1": _fingerprint(finding)},
        "properties": finding.properties,
    }
    others = [place | {"id": number} for number, place in enumerate(places[1:], 1)]
    return found | ({"relatedLocations": others} if others else {})


def _location(artifact: _Json, clause: Evidence, text: str | None) -> _Json:
    region: _Json = {"charOffset": clause.start, "charLength": clause.end - clause.start}
    if text is not None:
        region |= _lines(text, clause.start, clause.end)
    if clause.quote:
        region["snippet"] = {"text": clause.quote}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _lines(text: str, start: int, end: int) -> _Json:
    """Lines and columns from 1; the end column is the one after the last character (SARIF 2.1.0, 3.30.5 to 3.30.8)."""
    first, last = text.rfind("\n", 0, start) + 1, text.rfind("\n", 0, end) + 1
    return {
        "startLine": text.count("\n", 0, start) + 1,
        "startColumn": start - first + 1,
        "endLine": text.count("\n", 0, end) + 1,
        "endColumn": end - last + 1,
    }


def _uri(result: Result, account: Account | None) -> str:
    """A relative path stays relative, so that it is found from the root of a repository; an IRI stays as it is."""
    if account and account.path:
        path = Path(account.path)
        return path.as_uri() if path.is_absolute() else quote(path.as_posix())
    return result.version if result.document == result.version else quote(result.document)


def _fingerprint(finding: _Finding) -> str:
    series = finding.version.rpartition("/v.")[0] or finding.version
    words = " ".join(finding.clauses[0].quote.split()) if finding.clauses else ""
    return hashlib.sha256("\n".join((series, finding.document, finding.rule, words)).encode()).hexdigest()


def _said(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or texts.get("", "")
