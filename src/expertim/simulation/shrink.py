"""Making a failing run small: leave out meetings and faults as long as the same rule is broken (ddmin)."""

from __future__ import annotations

from collections.abc import Callable


def shrink(items: list[str], *, fails: Callable[[frozenset[str]], bool]) -> list[str]:
    """The items that are still needed; `fails` runs without the given ones. Zeller and Hildebrandt's ddmin."""
    kept, parts = list(items), 2
    while len(kept) >= 2:
        size = -(-len(kept) // parts)
        chunks = [kept[at : at + size] for at in range(0, len(kept), size)]
        for chunk in chunks:
            rest = [item for item in kept if item not in chunk]
            if fails(frozenset(items) - frozenset(rest)):
                kept, parts = rest, max(parts - 1, 2)
                break
        else:
            if size == 1:
                break
            parts = min(len(kept), parts * 2)
    return kept
