"""Texts that are nearly the same: MinHash signatures (Broder 1997), compared where a band of them agrees (locality-sensitive hashing)."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

LENGTH = 64
THRESHOLD = 0.85
"""The share of shingles in common (Jaccard), as far as the signatures tell, from which texts count as nearly the same."""

_SHINGLE = 5
_BAND = 4
_WORD = re.compile(r"\w+")


def signature(text: str) -> str:
    """The MinHash of the runs of five words in a text: `LENGTH` numbers of 32 bits, hexadecimal; empty for shorter texts."""
    from datasketch import MinHash

    words = _WORD.findall(text.lower())
    shingles = {" ".join(words[i : i + _SHINGLE]).encode() for i in range(len(words) - _SHINGLE + 1)}
    if not shingles:
        return ""
    sketch = MinHash(num_perm=LENGTH, seed=1, hashfunc=zlib.crc32)
    sketch.update_batch(shingles)
    return str(sketch.hashvalues.astype(">u4").tobytes().hex())


def groups(signatures: NDArray[numpy.uint32]) -> NDArray[numpy.int64]:
    """For each row of signatures the first row of the group that it belongs to: rows linked, however far around, by `THRESHOLD`."""
    import numpy as np

    parent = np.arange(len(signatures), dtype=np.int64)
    for column in range(0, LENGTH, _BAND):
        band = np.ascontiguousarray(signatures[:, column : column + _BAND]).view(f"V{4 * _BAND}").ravel()
        _, first, of = np.unique(band, return_index=True, return_inverse=True)
        head = first[of]
        others = np.flatnonzero(head != np.arange(len(head)))
        alike = others[(signatures[others] == signatures[head[others]]).mean(axis=1) >= THRESHOLD]
        for row in alike.tolist():
            one, other = _root(parent, row), _root(parent, int(head[row]))
            parent[max(one, other)] = min(one, other)
    return np.array([_root(parent, row) for row in range(len(parent))], dtype=np.int64)


def _root(parent: NDArray[numpy.int64], row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = int(parent[row])
    return row
