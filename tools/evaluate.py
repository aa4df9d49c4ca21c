"""Measures what is found against people's annotations beside the checkout and writes docs/accuracy.md.

    python tools/evaluate.py [--worst 6]

Runs the scorers of the annotated sets for the rules and the lexicon alone and for the fitted part in cross-validation over families of
alike policies (`tools/fit_confidence.py --folds`), then the facts and the completeness of the five policies. The worst confusions go to the
terminal with the text around them; no sentence of a policy goes into the document.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from fit_confidence import BENCH, LAYOUT

from kg.documents import read
from kg.extract import extract
from kg.findings import findings
from kg.vocabulary import load

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "eval"
GDPR, SLOTS = LAYOUT
BINS = 5
ASKED = {
    "controller_name": ("gdpr-13-1-a-identity",),
    "controller_contact": ("gdpr-13-1-a-contact",),
    "dpo_contact": ("gdpr-13-1-b",),
    "processing_purpose": ("gdpr-13-1-c-purposes",),
    "legal_basis": ("gdpr-13-1-c-basis",),
    "legitimate_interests": ("gdpr-13-1-d",),
    "recipients": ("gdpr-13-1-e",),
    "third_country_transfer": ("gdpr-13-1-f", "gdpr-13-1-f-safeguard"),
    "retention_period": ("gdpr-13-2-a",),
    "right_access": ("gdpr-13-2-b-access",),
    "right_rectification": ("gdpr-13-2-b-rectification",),
    "right_erasure": ("gdpr-13-2-b-erasure",),
    "right_restrict": ("gdpr-13-2-b-restriction",),
    "right_object": ("gdpr-13-2-b-objection",),
    "right_portability": ("gdpr-13-2-b-portability",),
    "right_withdraw_consent": ("gdpr-13-2-c",),
    "right_complaint": ("gdpr-13-2-d",),
    "mandatory_disclosure": ("gdpr-13-2-e",),
    "automated_decision_making": ("gdpr-13-2-f",),
    "data_categories": ("gdpr-14-1-d",),
    "source_of_data": ("gdpr-14-2-f",),
}
"""The requirements of `kg validate` that ask what a label of the annotated set is about."""

SILENT = ("absent", "not_applicable", "deferred", "unknown")
"""The statuses of a policy that itself says nothing of a requirement."""

HAND_WRITTEN = "<!-- by hand -->"


def scored(script: str, *arguments: object) -> str:
    """What a scorer prints."""
    command = [sys.executable, str(BENCH / script), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.rstrip()


def annotate(name: str, target: Path) -> None:
    """The findings of the rules and the lexicon alone in an annotated set."""
    vocabulary = load()
    with target.open("w", encoding="utf-8") as out:
        for path in sorted((BENCH / name / "policies").iterdir()):
            for finding in findings(extract(read(path), vocabulary), vocabulary):
                out.write(finding.as_json() + "\n")


def validated(kg: Path, graph: Path) -> str:
    """The report on a graph as JSON, every text judged by the GDPR whatever its date."""
    command = [kg, "validate", graph, "--regime", "gdpr", "--format", "json"]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


def rows_of(path: Path) -> list[dict[str, object]]:
    """The findings of a file that answer a requirement."""
    return [row for row in map(json.loads, path.open(encoding="utf-8")) if row["requirement"]]


def verdicts(path: Path) -> tuple[list[tuple[float, bool]], dict[str, list[dict[str, object]]]]:
    """Confidence and agreement of each finding, and by label the surest findings in passages that do not carry it."""
    passages = defaultdict(list)
    for line in (BENCH / GDPR / "gold.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        passages[row["document"]].append((row["start"], row["end"], set(row["labels"])))
    keys = {key for rows in passages.values() for *_, labels in rows for key in labels}
    judged, wrong = [], defaultdict(list)
    for row in rows_of(path):
        key = str(row["requirement"])
        if key in keys:
            near = passages[Path(str(row["document"])).name]
            right = any(start < row["end"] and row["start"] < end and key in labels for start, end, labels in near)  # type: ignore[operator]
            judged.append((float(row["confidence"]), right))  # type: ignore[arg-type]
            if not right:
                wrong[key].append(row)
    return judged, wrong


def gaps(report: Path) -> str:
    """How well `kg validate` names what a policy is silent on: the gap level of score.py, from statuses instead of findings."""
    said: dict[str, set[str]] = defaultdict(set)
    for line in (BENCH / GDPR / "gold.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        said[row["document"]].update(row["labels"])
    found = {(Path(row["document"]).name, row["requirement"]): row["status"] for row in json.loads(report.read_text(encoding="utf-8"))}
    cells = [
        (key not in labels, all(found.get((document, requirement)) in SILENT for requirement in ASKED[key]), key)
        for document, labels in said.items()
        for key in ASKED
    ]
    lines = []
    for name, part in (("micro", cells), *((key, [cell for cell in cells if cell[2] == key]) for key in ASKED)):
        both = sum(1 for gold, ours, _ in part if gold and ours)
        ours, gold = sum(1 for _, ours, _ in part if ours), sum(1 for gold, _, _ in part if gold)
        lines.append(f"gap  {name:26} P {both / max(ours, 1):.3f} R {both / max(gold, 1):.3f}")
    return "\n".join(lines)


def reliability(judged: Iterable[tuple[float, bool]]) -> str:
    """A table of equal bins: the confidence in each and the share that stands in a passage with the label."""
    rows = sorted(judged)
    lines = ["| findings | confidence | mean | in a passage with the label |", "|---|---|---|---|"]
    for number in range(BINS):
        part = rows[number * len(rows) // BINS : (number + 1) * len(rows) // BINS]
        mean = sum(c for c, _ in part) / len(part)
        share = sum(right for _, right in part) / len(part)
        lines.append(f"| {len(part)} | {part[0][0]:.2f} to {part[-1][0]:.2f} | {mean:.2f} | {share:.2f} |")
    return "\n".join(lines)


def confusions(wrong: dict[str, list[dict[str, object]]], count: int) -> None:
    """Print the surest false finds of each label with the text around them, and which forms made the most."""
    for key, rows in sorted(wrong.items(), key=lambda item: -len(item[1])):
        print(f"\n{key}: {len(rows)} in passages without the label; most by {Counter(r['rule'] for r in rows).most_common(3)}")
        for row in sorted(rows, key=lambda row: -float(row["confidence"]))[:count]:  # type: ignore[arg-type]
            text = Path(str(row["document"])).read_text(encoding="utf-8")
            start, end = int(row["start"]), int(row["end"])  # type: ignore[call-overload]
            around = " ".join(f"{text[max(0, start - 60) : start]}[{text[start:end]}]{text[end : end + 60]}".split())
            print(f"  {row['confidence']:.2f} {around}")


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worst", type=int, default=6, metavar="N", help="false finds to show for each label")
    options = parser.parse_args()
    if not BENCH.is_dir():
        sys.exit(f"{BENCH} is missing: there is nothing to measure with")
    BUILD.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, str(ROOT / "tools" / "fit_confidence.py"), "--folds", str(BUILD)], check=True)
    parts = [(ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8").partition(HAND_WRITTEN)]
    head = parts[0][0].rstrip() if (ROOT / "docs" / "accuracy.md").exists() else "# Accuracy"
    sections = [head, "", HAND_WRITTEN, "", "Written by `make eval`; what stands above the mark is not."]
    for title, suffix in (("The fitted part, cross-validated over families", ""), ("Rules and lexicon alone", "-rules")):
        files = {name: BUILD / f"{name}{suffix}.jsonl" for name in (GDPR, SLOTS)}
        if suffix:
            for name, path in files.items():
                annotate(name, path)
        judged, wrong = verdicts(files[GDPR])
        sections += ["", f"## {title}", "", "```", scored("score.py", BENCH / GDPR, files[GDPR]), ""]
        sections += [scored("score_slots.py", BENCH / SLOTS, files[SLOTS], "--ontology", ROOT / "ontology"), "```", ""]
        sections += ["Reliability, in fifths of the findings:", "", reliability(judged)]
        if not suffix:
            confusions(wrong, options.worst)
    seeds = BUILD / "seeds.trig"
    policies = sorted(BENCH.parent.glob("policies/*.txt"))
    kg = Path(sys.executable).with_name("kg")
    subprocess.run([kg, "build", *policies, "-o", seeds], check=True, capture_output=True)
    (BUILD / "report.json").write_text(validated(kg, seeds), encoding="utf-8")
    annotated = BUILD / "annotated.trig"
    subprocess.run([kg, "build", "--rules-only", BENCH / GDPR / "policies", "-o", annotated], check=True, capture_output=True)
    (BUILD / "annotated.json").write_text(validated(kg, annotated), encoding="utf-8")
    facts = [line for line in scored("score_facts.py", seeds).splitlines() if line.startswith(("ALL", "document", "assertions"))]
    completeness = scored("score_completeness.py", BUILD / "report.json").splitlines()[-1]
    sections += ["", "## Gaps by `kg validate`", "", "Of the rules and the lexicon alone, as `kg validate --regime gdpr` reports them:", ""]
    sections += ["```", gaps(BUILD / "annotated.json"), "```"]
    sections += ["", "## The five policies", "", "```", *facts, completeness, "```", ""]
    (ROOT / "docs" / "accuracy.md").write_text("\n".join(sections), encoding="utf-8")
    print("\n" + "\n".join(sections[4:]))


if __name__ == "__main__":
    main()
