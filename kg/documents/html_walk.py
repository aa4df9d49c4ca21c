"""Walks a parsed page without recursion: pages that are cut off or broken can be nested thousands deep."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborNode


def walk(root: LexborNode, skip: Callable[[LexborNode], bool]) -> Iterator[tuple[LexborNode, bool]]:
    """Every node in reading order as ``(node, True)`` on entering and ``(node, False)`` on leaving; not into what `skip` names."""
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    while stack:
        node, entering = stack.pop()
        yield node, entering
        if not entering:
            continue
        stack.append((node, False))
        children: list[tuple[LexborNode, bool]] = []
        child = node.child
        while child is not None:
            if not skip(child):
                children.append((child, True))
            child = child.next
        stack.extend(reversed(children))
