"""By which law a report judges, where that is not plain: the law of a text's day, texts without a date, anachronisms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.validate.report import Report, Result


def notes(report: Report) -> Iterator[str]:
    """A sentence for the texts of each body of law, in the order of the report."""
    texts: dict[str, list[Result]] = {}
    for result in report.results:
        if result.regime:
            texts.setdefault(result.version, []).append(result)
    groups: dict[tuple[str, str], list[str]] = {}
    for results in texts.values():
        document, day = results[0].document, results[0].day
        early = [result for result in results if result.anachronism]
        if early:
            groups.setdefault((_regimes(early), "an anachronism, as it was not the law then"), []).append(
                f"{document} ({day or 'no date'})"
            )
        elif day is None:
            groups.setdefault((_regimes(results), "the law of today, as no date is known"), []).append(document)
        elif report.by_date:
            groups.setdefault((_regimes(results), "the law of that day"), []).append(f"{document} ({day})")
    for (regimes, why), documents in groups.items():
        yield f"judged by {regimes}, {why}: {', '.join(documents)}"


def _regimes(results: Iterable[Result]) -> str:
    return ", ".join(sorted({result.regime for result in results}))
