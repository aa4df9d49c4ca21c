"""Fixtures that several modules share, and the two rules of the whole suite: a fast Hypothesis profile, and no silent skips in CI."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

settings.register_profile("fast", max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", max_examples=1000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of third parties' policies and annotations, which stands beside a checkout and is no part of it."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is missing: its policies and annotations are third parties' and not part of the project")
    return SHARED


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of the project's own example policies."""
    return ROOT / "examples" / "policies"


def _may_skip() -> bool:
    return os.environ.get("CI") != "true" or not SHARED.is_dir()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, where everything that the tests need stands, a skip is a failure."""
    report = yield
    return _failed_if_skipped(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for modules that skip as a whole."""
    report = yield
    return _failed_if_skipped(report)


def _failed_if_skipped(report: Report) -> Report:
    if report.skipped and not hasattr(report, "wasxfail") and not _may_skip():
        report.outcome = "failed"
        report.longrepr = f"skipped, which nothing may here: {report.longrepr}"
    return report
