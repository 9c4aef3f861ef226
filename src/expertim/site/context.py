"""What the layout of every page shows besides its page: navigation, figures, the demo's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from expertim.foundation import clock
from expertim.foundation.addresses import address as address_of
from expertim.foundation.numbers import credit_words
from expertim.site.middleware import FIELD_COOKIE
from expertim.site.queries import Field, Header


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One entry of the navigation; `on_phone` entries stand in the bar at the bottom."""

    name: str
    address: str
    label: str
    current: bool
    count: int = 0
    on_phone: bool = True
    long: str = ""  # says more than the label where there is room


def header(request: HttpRequest) -> dict[str, Any]:
    """`header`, `field` (the Expertise one is in), `navigation`, `demo_clock()`."""
    found: Header | None = getattr(request, "header", None)
    field = current_field(request, found)
    person = getattr(request, "user", None)
    signed_in = person is not None and person.is_authenticated
    return {
        "header": found,
        "field": field,
        "navigation": navigation(request, found, field) if signed_in else (),
        # called by the layout, so that what is rendered without it costs no trip
        "demo_clock": (lambda: _platform_time(found)) if settings.MOVABLE_CLOCK else None,
    }


def current_field(request: HttpRequest, found: Header | None) -> Field | None:
    """The Expertise that the address or the meeting shown names, else the one last visited, else the first."""
    if not found or not found.fields:
        return None
    match = request.resolver_match
    named = getattr(request, "field_slug", None) or (match.kwargs.get("slug") if match else None)
    return found.field(named) or found.field(request.COOKIES.get(FIELD_COOKIE)) or found.fields[0]


def navigation(request: HttpRequest, found: Header | None, field: Field | None) -> tuple[Link, ...]:
    match = request.resolver_match
    here = match.url_name if match else None
    slug = field.slug if field else request.COOKIES.get(FIELD_COOKIE)

    def link(name: str, label: str, address: str, *, also: tuple[str, ...] = (), **more: Any) -> Link:
        return Link(name=name, address=address, label=label, current=here in (name, *also), **more)

    links = [link("meetings", _("Meetings"), address_of("meetings"), also=("meeting", "meeting_act", "propose_to"))]
    if slug:
        links.append(link("experts", _("Experts"), address_of("experts", slug), also=("expert", "propose")))
    chatting = ("chat", "chat_begin", "chat_report", "chat_settings")
    links += [
        link("inbox", _("Inbox"), address_of("inbox"), count=found.unread if found else 0),
        link("chats", _("Messages"), address_of("chats"), also=chatting, on_phone=False),
        link(
            "account",
            _("Credits"),
            address_of("account"),
            also=("account_blocks",),
            long=credit_words(found.available) if found else "",
        ),
        link("settings", _("Me"), address_of("settings")),
    ]
    if found and found.is_operator:
        operating = here in ("disputes", "settle") or (here or "").startswith("operator_")
        also = (here or "",) if operating else ()
        links.append(link("operator", _("Operator"), address_of("operator"), also=also, on_phone=False))
    return tuple(links)


def _platform_time(found: Header | None) -> datetime:
    return found.at if found else clock.now()
