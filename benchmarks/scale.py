"""Builds stores of made policies of several sizes: time, processor time and the memory of each process; then the index beside bulk_load.

    python benchmarks/scale.py [COUNT ...] [--workers 2] [--folder DIR]

The policies are made of the examples and, where they stand beside the checkout, the annotated policies: names and addresses are replaced
by invented ones, paragraphs are dropped, taken from another policy of the language, and put in another order. The same seed gives the
same bytes. Processor time is what to compare by where a machine does other things as well. DIR is kept; without it nothing is.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
from kills import children

from kg.batch import index
from kg.batch.ledger import Ledger
from kg.batch.shards import Folder
from kg.documents import read
from kg.vocabulary import load

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / "examples" / "policies", ROOT.parent / "shared" / "bench" / "gdpr-transparency" / "policies")
SYLLABLES = "alder bram cor dun elm fern gal hol inver kest lum mar nor ock pel quil ros tarn".split()
FORMS = {"en": ("Ltd", "Inc", "GmbH", "LLC"), "fi": ("Oy", "Oyj", "Ky")}
NAME = re.compile(r"\b(?:[A-Z][\w&-]+ ){1,3}(?:Ltd|Limited|Inc|LLC|GmbH|Oyj|Oy|AB|Corporation)\b\.?")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[\w./-]+")


def texts() -> dict[str, list[list[str]]]:
    """The paragraphs of each source policy, by language."""
    found: dict[str, list[list[str]]] = {"en": [], "fi": []}
    for folder in FOLDERS:
        for path in sorted(folder.glob("*")) if folder.is_dir() else ():
            if path.suffix in (".txt", ".md", ".html"):
                document = read(path)
                if document.language in found:
                    found[document.language].append([p for p in re.split(r"\n\s*\n|\n(?=\S)", document.text) if p.strip()])
    return found


def policies(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """So many policies as rows of a data set: id, text, controller."""
    sources = texts()
    chance = random.Random(seed)
    for number in range(count):
        language = "fi" if chance.random() < 0.2 else "en"
        base = chance.choice(sources[language])
        stem = "".join(chance.sample(SYLLABLES, 2)).capitalize()
        company = f"{stem} {number} {chance.choice(FORMS[language])}"
        kept = [paragraph for paragraph in base if chance.random() > 0.1]
        kept += chance.sample(other := chance.choice(sources[language]), min(3, len(other)))
        at = chance.randrange(1, max(2, len(kept) // 2))
        body = kept[:1] + kept[at:] + kept[1:at]
        text = ADDRESS.sub(f"{stem.lower()}{number}.example", NAME.sub(company, "\n\n".join(body)))
        yield {"id": f"{number:08d}", "text": f"{company}\n\n{text}", "controller": company}


def write_corpus(path: Path, count: int, seed: int = 1) -> None:
    """So many policies as a file of JSON Lines."""
    with path.open("w", encoding="utf-8") as stream:
        for row in policies(count, seed):
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def measured(command: list[str]) -> tuple[float, float, list[int]]:
    """The seconds on the clock, those of the processors, and the peak memory in MB of each process, of a command and its children."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    peaks: dict[int, int] = {}
    while process.poll() is None:
        for number in (process.pid, *children(process.pid)):
            peaks[number] = max(peaks.get(number, 0), _peak(number))
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - begun, used, sorted(peaks.values(), reverse=True)


def _peak(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


def load_rates(store: Path, scratch: Path) -> tuple[float, float]:
    """Quads a second of processor time: our index of the shards, and pyoxigraph's bulk_load of the same shards unpacked, by path."""
    shards = sorted((store / "shards").glob("*.nq.gz"))
    plain = scratch / "plain.nq"
    with plain.open("wb") as stream:
        for path in shards:
            with gzip.open(path) as packed:
                shutil.copyfileobj(packed, stream, 1 << 20)
    begun = time.process_time()
    theirs = pyoxigraph.Store(str(scratch / "theirs"))
    theirs.bulk_load(path=plain, format=pyoxigraph.RdfFormat.N_QUADS)
    theirs_rate = len(theirs) / (time.process_time() - begun)
    del theirs
    plain.unlink()
    (scratch / "ours").mkdir()
    shutil.copy(store / "ledger.sqlite", scratch / "ours")
    ledger, vocabulary = Ledger(scratch / "ours" / "ledger.sqlite"), load()
    begun = time.process_time()
    quads = index.rebuild(scratch / "ours", ledger, Folder(str(store / "shards")), vocabulary)
    ours_rate = quads / (time.process_time() - begun)
    ledger.close()
    return ours_rate, theirs_rate


def main() -> None:
    """Print a line a size, and the ratio between neighbours."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", nargs="*", type=int, default=[1000, 10000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    before = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(exist_ok=True)
        for count in options.counts:
            corpus, store = folder / f"{count}.jsonl", folder / f"store-{count}"
            write_corpus(corpus, count)
            build = [sys.executable, "-m", "kg.cli", "build", str(corpus), "--store", str(store), "--workers", str(options.workers)]
            clock, used, peaks = measured(build)
            size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) / 1e6
            print(f"{count:,} policies: {clock:.0f} s, {used:.0f} s of processors, peak MB {peaks}, store {size:,.0f} MB", flush=True)
            if before:
                print(f"  {used / before:.1f} times the processor time of the size before")
            before = used
        scratch = folder / "scratch"
        scratch.mkdir()
        ours, theirs = load_rates(store, scratch)
        print(f"index: {ours:,.0f} quads a second of processor, bulk_load {theirs:,.0f}, ratio {ours / theirs:.2f}")
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
