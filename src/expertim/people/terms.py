"""Terms, privacy policy and imprint: published by the operator, agreed to by people, asked for at a new version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from expertim.foundation import clock
from expertim.foundation.htmx import by_htmx
from expertim.people.models import Person
from expertim.people.models_terms import Agreement, TermsText

AGREED = (TermsText.Kind.TERMS, TermsText.Kind.PRIVACY)  # by everybody; an imprint is only read
EXPERTS = TermsText.Kind.EXPERTS  # by who applies to be an expert, and by experts
LONGEST = 100_000
# Reachable all the same: what is read before agreeing, one's own account, and the room of a meeting that is agreed.
_FREE = (
    *("/accounts/", "/settings/", "/legal/", "/help/", "/static/", "/api/", "/join/", "/unsubscribe/", "/demo/"),
    *("/healthz", "/readyz", "/favicon.ico", "/robots.txt", "/push-worker.js", "/photo/", "/calendar/"),
)


class PublishedMeanwhile(Exception):
    """Another version has been published since the page was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedTo:
    """For "my data": what a person has agreed to, and when."""

    kind: str
    number: int
    at: datetime


def in_force(kinds: Iterable[str] = tuple(TermsText.Kind)) -> list[TermsText]:
    """The newest version of each kind that the operator has written, in the order of the kinds."""
    newest = TermsText.objects.filter(kind__in=list(kinds)).order_by("kind", "-number").distinct("kind")
    return sorted(newest, key=lambda text: list(TermsText.Kind).index(TermsText.Kind(text.kind)))


def version(kind: str, number: int | None = None) -> TermsText | None:
    """One version of a kind, the newest where no number is given; None where there is none."""
    found = TermsText.objects.filter(kind=kind).order_by("-number")
    return (found if number is None else found.filter(number=number)).first()


def publish(*, kind: TermsText.Kind, text: str, by: Person, seen: int) -> TermsText:
    """A new version, after the one with the number `seen` (0: the first). Raises PublishedMeanwhile.

    What is to be agreed to is owed from then on by everybody, or by every expert: the database sees to that.
    """
    try:
        with transaction.atomic():
            last = TermsText.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
            if last != seen:
                raise PublishedMeanwhile
            return TermsText.objects.create(
                kind=kind, number=seen + 1, text=text, published_at=clock.now(), published_by=by
            )
    except IntegrityError as error:
        raise PublishedMeanwhile from error


def agree(*, person: Person, versions: Iterable[TermsText]) -> None:
    """Note what this person has agreed to; again is no harm."""
    at = clock.now()
    rows = [Agreement(person=person, version=one, at=at) for one in versions]
    Agreement.objects.bulk_create(rows, ignore_conflicts=True)


def owed_by(person: Person) -> list[TermsText]:
    """The versions in force that this person has not agreed to."""
    agreed = set(Agreement.objects.filter(person=person).values_list("version_id", flat=True))
    kinds = (*AGREED, EXPERTS) if person.advises else AGREED
    return [text for text in in_force(kinds) if text.pk not in agreed]


def agreements_of(person: Person) -> tuple[AgreedTo, ...]:
    """The newest first."""
    rows = Agreement.objects.filter(person=person).order_by("-id").values_list("version__kind", "version__number", "at")
    return tuple(AgreedTo(kind=kind, number=number, at=at) for kind, number, at in rows)


def as_page(text: str, *, under: int) -> SafeString:
    """The operator's Markdown, its headings below one of the level `under`.

    HTML in it is shown as words, and pictures are not fetched from elsewhere.
    """
    reader = MarkdownIt("commonmark", {"html": False}).disable("image").enable("table")
    tokens = reader.parse(text)
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    highest = min((int(heading.tag[1]) for heading in headings), default=1)
    for heading in headings:
        heading.tag = f"h{min(int(heading.tag[1]) - highest + under + 1, 6)}"
    html: str = reader.renderer.render(tokens, reader.options, {})
    return mark_safe(html)


class TermsMiddleware:
    """Whoever has yet to agree to what is in force is asked, before the next page and the next act."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = request.user
        if person.is_authenticated and person.owes_terms and not _free(request.path):
            there = f"{reverse('legal_agree')}?{urlencode({'next': _back(request)})}"
            if by_htmx(request):  # a part of a page: the whole of it goes there
                return HttpResponse(status=204, headers={"HX-Redirect": there})
            return HttpResponseRedirect(there)
        return self.get_response(request)


def _free(path: str) -> bool:
    room = path.startswith("/meetings/") and "/room/" in path
    return room or path.startswith(_FREE)


def _back(request: HttpRequest) -> str:
    """The page that was wanted; what a form sent is not kept, so its page is."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path
