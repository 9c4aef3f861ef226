"""What somebody looks for among an Expertise's experts, as it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from expertim.expertise.rows import SkillRow
from expertim.expertise.search import ANSWER_STEPS, Order, Search
from expertim.foundation.amounts import LARGEST_PRICE
from expertim.foundation.numbers import credit_words, parse_typed, unreadable_amount
from expertim.people.tongues import TONGUES, tongues
from expertim.site.words_experts import answers_within_words, free_within_words, held_from_words, on_time_from_words

LONGEST_SEARCH = 200
HELD = (1, 5, 20)
ON_TIME = (80, 90, 100)  # percent
FREE = (1, 3, 7, 14)  # days
_PRICES = (("from", "least_price"), ("to", "most_price"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One thing that is looked for, in words, and the query without it."""

    words: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is asked for, read from a query; what cannot be read is left out, prices with a word about it."""

    search: Search
    asked: dict[str, str] = field(default_factory=dict)  # as it stands in the address, in the form's order
    typed: dict[str, str] = field(default_factory=dict)  # the prices, also those that cannot be read
    wrong: dict[str, str] = field(default_factory=dict)

    def query(self, **changes: str | None) -> str:
        """The address's query with these changes; the list begins anew unless `after` is among them."""
        everything = {**self.asked, **changes}
        return urlencode({name: value for name, value in everything.items() if value})

    @property
    def continued(self) -> bool:
        return self.search.after is not None

    @property
    def more_open(self) -> bool:
        """Whether anything of the filters that are folded away at first is in use."""
        return bool(self.wrong) or bool(self.asked.keys() - {"q", "skill", "order"})


def read(query: QueryDict, *, expertise: int, reader: int, skills: tuple[SkillRow, ...]) -> Finding:
    """What a query asks for. A skill that is none here is left to the caller: it names no page of ours."""
    known = {"skill": {skill.slug for skill in skills}, "language": set(TONGUES), "favourites": {"1"}}
    known |= {"answers": set(map(str, ANSWER_STEPS)), "held": set(map(str, HELD)), "time": set(map(str, ON_TIME))}
    known |= {"free": set(map(str, FREE))}
    known |= {"order": {order.value for order in Order if order is not Order.FIT}}
    asked = {"q": query.get("q", "").strip()[:LONGEST_SEARCH]}
    asked |= {name: value for name, values in known.items() if (value := query.get(name, "")) in values}
    typed = {name: query.get(name, "").strip()[:20] for name, _field in _PRICES}
    prices, wrong = _prices(typed)
    asked |= {name: typed[name] for name, column in _PRICES if column in prices}
    search = Search(
        expertise=expertise,
        reader=reader,
        skill=asked.get("skill"),
        q=asked["q"],
        language=asked.get("language"),
        answers_within=_number(asked, "answers"),
        least_held=_number(asked, "held"),
        least_on_time=_number(asked, "time"),
        free_within=_number(asked, "free"),
        favourites="favourites" in asked,
        least_price=prices.get("least_price"),
        most_price=prices.get("most_price"),
        order=Order(asked.get("order", Order.FIT.value)),
        after=query.get("after") or None,
    )
    return Finding(search=search, asked=asked, typed=typed, wrong=wrong)


def _number(asked: dict[str, str], name: str) -> int | None:
    return int(asked[name]) if name in asked else None


def _prices(typed: dict[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    prices: dict[str, int] = {}
    wrong: dict[str, str] = {}
    for name, column in _PRICES:
        if not typed[name]:
            continue
        try:
            amount = parse_typed(typed[name])
        except ValueError:
            wrong[name] = unreadable_amount()
        else:
            prices[column] = min(amount, LARGEST_PRICE)
    return prices, wrong


def chips(finding: Finding, *, skills: tuple[SkillRow, ...]) -> list[Chip]:
    """What is looked for, piece by piece, each with a way to leave it out."""
    asked, search = finding.asked, finding.search
    words = {
        "q": _("“%(words)s”") % {"words": asked.get("q", "")},
        "skill": next((skill.name for skill in skills if skill.slug == search.skill), ""),
        "favourites": _("my favourites"),
        "language": tongues(_reader()).get(search.language or "", ""),
        "from": _("from %(price)s") % {"price": credit_words(search.least_price or 0)},
        "to": _("up to %(price)s") % {"price": credit_words(search.most_price or 0)},
        "answers": answers_within_words(search.answers_within or 0),
        "held": held_from_words(search.least_held or 0),
        "time": on_time_from_words(search.least_on_time or 0),
        "free": free_within_words(search.free_within or 1),
    }
    return [Chip(words=said, without=finding.query(**{name: None})) for name, said in words.items() if asked.get(name)]


def choices(finding: Finding) -> dict[str, list[Choice]]:
    """What the lists of the form offer; the first entry of each asks for nothing."""
    asked = finding.asked
    offered = {
        "language": (_("Any language"), list(tongues(_reader()).items())),
        "answers": (_("However long"), [(str(step), answers_within_words(step)) for step in ANSWER_STEPS]),
        "held": (_("Any number"), [(str(least), held_from_words(least)) for least in HELD]),
        "time": (_("Whatever it is"), [(str(least), on_time_from_words(least)) for least in ON_TIME]),
        "free": (_("Whenever"), [(str(days), free_within_words(days)) for days in FREE]),
        "order": (_("Best fit"), [(order.value, words) for order, words in _orders() if order is not Order.FIT]),
    }
    return {
        name: [
            Choice(value=value, words=words, chosen=asked.get(name, "") == value)
            for value, words in [("", first), *rest]
        ]
        for name, (first, rest) in offered.items()
    }


def _orders() -> list[tuple[Order, str]]:
    return [
        (Order.NAME, pgettext("order of experts", "Name")),
        (Order.PRICE, _("Price, lowest first")),
        (Order.ANSWERS, _("Quickest answers")),
        (Order.HELD, _("Most meetings held")),
        (Order.FREE, _("Soonest free")),
    ]


def _reader() -> str:
    return get_language() or "en"
