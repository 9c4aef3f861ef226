"""Numbers in addresses at which a list goes on."""

from __future__ import annotations

from django.http import HttpRequest

_LARGEST = 2**63 - 1


def before(request: HttpRequest) -> int | None:
    """`?before=` as a number; None, that is the first page, for anything else."""
    given = request.GET.get("before", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 20):
        return None
    return min(int(given), _LARGEST)
