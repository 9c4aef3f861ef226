"""One expert's page, and the expert's reply to a text on it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from expertim.expertise import queries as expertise
from expertim.expertise.rows import ExpertPage
from expertim.foundation.addresses import address, public_address
from expertim.foundation.clock import machine_now
from expertim.meetings import queries as meetings
from expertim.meetings.free import next_free
from expertim.meetings.typed import clean
from expertim.people.formats import Clock, city_of
from expertim.people.tongues import tongue_names
from expertim.reviews import actions as review_actions
from expertim.reviews import queries as reviews
from expertim.site import replying
from expertim.site.middleware import HeaderRequest
from expertim.site.queries_expert import Standing, standing
from expertim.site.views import field_of, rows_shown
from expertim.site.words_experts import kind_words, last_here, on_time, policy_words, usually_answers

TOGETHER = 5  # of the meetings with this expert; all of them stand among one's meetings
_LARGEST_OFFSET = 10_000
_LARGEST = 2**63 - 1


@require_safe
def expert(request: HeaderRequest, slug: str, public_id: str) -> HttpResponse:
    """Who it is, services, our meetings together, words of others."""
    field = field_of(request, slug)
    found = _found(slug, public_id)
    myself = found.person_id == request.user.pk
    stands = standing(expert=found.person_id, expertise=field.id, reader=request.user.pk)
    together = None if myself else _together(request, expert=found.person_id)
    free = next_free(expert_ids=[stands.expert])
    return render(
        request,
        "site/expert.html",
        {
            "expert": found,
            "myself": myself,
            "standing": stands,
            "shown": shown_of(found, stands),
            "their_clock": Clock.of(time_zone=found.time_zone, date_format=request.clock.date_format),
            "next_free": free.get(stands.expert),
            "policy": policy_words(found.terms),
            "public": public_address("public_expert", slug, found.id),
            "reviews": reviews.about(expert=found.person_id, offset=offset_of(request)),
            "together": together,
            "together_rows": rows_shown(request, together),
        },
    )


def shown_of(found: ExpertPage, stands: Standing) -> dict[str, Any]:
    """What is said of an expert to anybody, in words: badges, where they work, languages, figures."""
    return {
        "badges": sorted({kind_words(service.kind) for service in found.services}),
        "work": ", ".join(part for part in (stands.position, stands.company) if part),
        "zone": city_of(found.time_zone),
        "languages": tongue_names(list(stands.languages), reader=get_language() or "en"),
        "answers": usually_answers(stands.answer_minutes),
        "on_time": on_time(stands.on_time_percent),
        "last_here": last_here(stands.signed_in_at, now=machine_now()),
    }


class ReplyForm(forms.Form):
    text = forms.CharField(
        max_length=2000,
        required=False,
        label=gettext_lazy("Your reply"),
        help_text=gettext_lazy("Everybody who sees your page can read it. Leave it empty to take your reply back."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HeaderRequest, slug: str, public_id: str, number: int) -> HttpResponse:
    """The expert's one reply to a text about them, editable; to all others this address is not there."""
    field_of(request, slug)
    found = _found(slug, public_id)
    review = reviews.one_about(expert=found.person_id, review=min(number, _LARGEST))
    if found.person_id != request.user.pk or review is None:
        raise Http404
    there = review.reply.text if review.reply else ""
    form = ReplyForm(request.POST if request.method == "POST" else None, initial={"text": there})
    if form.is_valid():
        text = clean(form.cleaned_data["text"])
        if text:
            _reply(request, slug, review.id, text)
            return redirect(f"{address('expert', slug, public_id)}#review-{review.id}")
        if there:
            review_actions.take_back(expert=request.user.pk, review=review.id)
            messages.success(request, _("Your reply has been taken back."))
            return redirect("expert", slug, public_id)
        form.add_error("text", _("Write something first."))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "site/reply.html", {"form": form, "expert": found, "review": review}, status=status)


def _reply(request: HeaderRequest, slug: str, review: int, text: str) -> None:
    person = request.user
    done = replying.reply(
        expert=person.pk, name=person.name, public_id=person.public_id, expertise=slug, review=review, text=text
    )
    if not done:
        raise Http404
    messages.success(request, _("Your reply stands below the words."))


def _found(slug: str, public_id: str) -> ExpertPage:
    found = expertise.expert_page(expertise=slug, public_id=public_id.replace("\x00", ""))
    if found is None:
        raise Http404
    return found


def _together(request: HeaderRequest, *, expert: int) -> meetings.Page:
    return meetings.listed(person=request.user.pk, which="all", counterparty=expert, limit=TOGETHER)


def offset_of(request: Any) -> int:
    """`?reviews=` as a number of texts to skip; 0 for anything else."""
    given = request.GET.get("reviews", "")
    return min(int(given), _LARGEST_OFFSET) if given.isascii() and given.isdecimal() and len(given) < 9 else 0
