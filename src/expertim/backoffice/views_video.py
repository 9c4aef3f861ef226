"""The video platforms: which is chosen, what is wrong with each, and what each has been tried against."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from expertim.backoffice.access import operators_only
from expertim.people.middleware import PersonRequest
from expertim.video import platforms
from expertim.video.proven import PROVEN, Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformShown:
    key: str
    proof: Proof
    chosen: bool
    set_up: bool
    problems: tuple[str, ...]


@operators_only
@require_safe
def video(request: PersonRequest) -> HttpResponse:
    """Only what the variables say: no platform is asked anything for a page."""
    shown = [_shown(key, proof) for key, proof in PROVEN.items()]
    works = any(one.chosen and one.set_up for one in shown)
    given = {"platforms": shown, "chosen": platforms.chosen(), "chosen_works": works}
    return render(request, "backoffice/video.html", given)


def _shown(key: str, proof: Proof) -> PlatformShown:
    set_up = key in platforms.known()
    if set_up:
        problems = [problem.words for problem in platforms.platform(key).check()]
    else:
        words = platforms.faults().get(key)
        problems = [_("Set up in part: {words}.").format(words=words)] if words else []
    return PlatformShown(
        key=key, proof=proof, chosen=key == platforms.chosen(), set_up=set_up, problems=tuple(problems)
    )
