"""Checks that data go one way: a module of `kg` imports only from earlier steps and from the base (docs/decisions/0001)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# The base and then the steps, in the order of the data. Modules of one line do not import each other.
ORDER: tuple[tuple[str, ...], ...] = (
    ("errors", "hosts", "lean", "namespaces", "native", "resources"),
    ("model", "atomic", "tokens", "mention", "hierarchy"),
    ("iris",),
    ("language",),
    ("documents",),
    ("segment",),
    ("forms",),
    ("matches",),
    ("lexicon",),
    ("vocabulary",),
    ("extract",),
    ("findings",),
    ("graph",),
    ("store",),
    ("query", "reason", "export"),
    ("validate",),
    ("batch", "serve", "push", "flows"),
    ("console",),
    ("cli",),
)
RANK = {module: rank for rank, modules in enumerate(ORDER) for module in modules}


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Each line and top-level module of `kg` that the file imports, also inside functions and `TYPE_CHECKING`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        match node:
            case ast.Import(names=names):
                modules = [name.name for name in names]
            case ast.ImportFrom(module="kg", level=0, names=names):
                modules = [f"kg.{name.name}" for name in names if not name.name.startswith("__")]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case ast.ImportFrom(level=level) if level:
                yield node.lineno, ""
                continue
            case _:
                continue
        yield from ((node.lineno, module.split(".")[1]) for module in modules if module.startswith("kg."))


def violations(package: Path) -> Iterator[str]:
    """One line for each import against the direction, and for each module that the order does not know."""
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).parts
        module = Path(parts[0]).stem
        if parts[0] == "__init__.py" or module == "__main__":
            continue
        place = path.relative_to(package.parent)
        if module not in RANK:
            yield f"{place}: {module} has no place in the order of tools/lint_imports.py; give it one"
            continue
        for line, other in imported(path):
            if other == "":
                yield f"{place}:{line}: relative import; write the module's full name"
            elif other != module and RANK.get(other, len(ORDER)) >= RANK[module]:
                yield f"{place}:{line}: {module} imports {other}, which is no earlier step"


def main() -> int:
    """Prints the violations; 1 when there are any."""
    found = list(violations(ROOT / "kg"))
    print("\n".join(found) if found else "imports: all go one way")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
