"""Which jobs were long when they were last done."""

from __future__ import annotations

from collections import OrderedDict

from kg.serve.jobs import Job, Update, pack

_MOST = 256


class LongJobs:
    """Remembers the latest long jobs, by all that the client asked. Updates are never among them: they wait for each other anyway.

    >>> from kg.serve.jobs import Query
    >>> known = LongJobs()
    >>> known.note(Query("ASK {}"), True)
    >>> Query("ASK {}") in known, Query("ASK { ?s ?p ?o }") in known
    (True, False)
    """

    def __init__(self) -> None:
        self._keys: OrderedDict[bytes, None] = OrderedDict()

    def __contains__(self, job: Job) -> bool:
        return pack(job, "") in self._keys

    def note(self, job: Job, long: bool) -> None:
        """A job has been done, and was long or not."""
        key = pack(job, "")
        self._keys.pop(key, None)
        if long and not isinstance(job, Update):
            self._keys[key] = None
            if len(self._keys) > _MOST:
                self._keys.popitem(last=False)
