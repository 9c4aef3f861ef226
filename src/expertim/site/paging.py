"""Numbers in addresses at which a list goes on."""

from __future__ import annotations

from django.http import HttpRequest

_LARGEST = 2**63 - 1


def before(request: HttpRequest) -> int | None:
    """`?before=` as a number; None, that is the first page, for anything else."""
    return number_of(request, "before")


def number_of(request: HttpRequest, name: str) -> int | None:
    """A parameter of the address as a number; None for anything else."""
    given = request.GET.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) < 20):
        return None
    return min(int(given), _LARGEST)
