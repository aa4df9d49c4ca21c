"""Many documents in one go: one after the other (`Batch`), or in shards that become a store (`build`)."""

from __future__ import annotations

from kg.batch.build import BuildReport, Options, build
from kg.batch.pools import Dask, Pool, Processes
from kg.batch.serial import Batch, Summary, summarise
from kg.batch.shards import Limits

__all__ = ["Batch", "BuildReport", "Dask", "Limits", "Options", "Pool", "Processes", "Summary", "build", "summarise"]
