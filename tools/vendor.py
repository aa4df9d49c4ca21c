"""Fetches what the page of `kg serve` is made of from npm, at the versions that are written down, and puts it into the package.

    python tools/vendor.py [--check]

kg/serve/static/vendor/vendor.json names each package, its version, npm's hash of its archive, and the files that are taken, with a hash of
each. An archive with another hash is refused. With --check nothing is written; it is said which files differ from the packages. Needs npm.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "kg" / "serve" / "static" / "vendor"


def packages() -> dict[str, dict[str, object]]:
    """What is written down, by the name of the package."""
    written: dict[str, dict[str, object]] = json.loads((FOLDER / "vendor.json").read_text(encoding="utf-8"))
    return written


def fetched(name: str, version: str, integrity: str) -> Iterator[tuple[str, bytes]]:
    """The name and content of each file of a package.

    Raises:
        SystemExit: the archive is not the one that was written down.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"]
        archive = Path(folder) / subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode("ascii")
        if found != integrity:
            raise SystemExit(f"{name} {version}: the archive's hash is {found}, not {integrity}; nothing was taken from it")
        with tarfile.open(archive) as opened:
            for member in opened:
                if stream := opened.extractfile(member):
                    yield member.name.partition("/")[2], stream.read()


def main() -> int:
    """Writes the files, or with ``--check`` says which differ."""
    differ = []
    for name, package in packages().items():
        contents = dict(fetched(name, str(package["version"]), str(package["integrity"])))
        files = package["files"]
        assert isinstance(files, dict)
        for source, file in files.items():
            place = FOLDER / file["as"]
            if not place.exists() or place.read_bytes() != contents[source]:
                differ.append(place.name)
                if "--check" not in sys.argv:
                    place.write_bytes(contents[source])
    print("\n".join(differ) if differ else "vendored files: as in the packages")
    return 1 if differ and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
