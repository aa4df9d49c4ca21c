"""Many documents in one go."""

from __future__ import annotations

from kg.batch.serial import Batch, Summary, summarise

__all__ = ["Batch", "Summary", "summarise"]
