"""The languages that people say they speak, by their ISO 639-1 codes, named in the reader's own language."""

from __future__ import annotations

from functools import cache

from expertim.foundation.collation import order
from expertim.foundation.numbers import locale_of

# The official languages of Europe's states and the most spoken ones of the world.
_CODES = (
    "ar be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl he hi hr hu hy id is it ja ka kk ko lb lt lv mk mn ms"
    " mt nb nl nn pl pt ro ru sk sl sq sr sv sw ta th tl tr uk ur uz vi zh"
)
TONGUES = tuple(_CODES.split())


@cache
def tongues(reader: str) -> dict[str, str]:
    """Name of each language in the reader's, in the order of the names; a name without capitals as running text."""
    locale = locale_of(reader)
    named = {code: locale.languages.get(code) or code for code in TONGUES}
    return dict(sorted(named.items(), key=lambda entry: order(entry[1], language=reader)))


def tongue_names(codes: list[str], *, reader: str) -> list[str]:
    """Those of the given codes that are known, by name."""
    return [name for code, name in tongues(reader).items() if code in codes]
