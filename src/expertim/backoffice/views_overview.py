"""What waits for an operator, how the installation is, and the books."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from expertim.backoffice.access import operators_only
from expertim.backoffice.queries import overview as queries
from expertim.backoffice.queries.overview import Health
from expertim.backoffice.words import AUDITED, LISTS, length_words, plain
from expertim.meetings.actions import catch_up
from expertim.meetings.audit import audit
from expertim.meetings.views_shared import SeeOther
from expertim.outbox import pausing
from expertim.outbox.heartbeat import EVERY_SECONDS
from expertim.outbox.worker import sent_kinds
from expertim.people.middleware import PersonRequest

_SILENT_SECONDS = 6 * EVERY_SECONDS
_LATE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One line of the health: good or not, in words."""

    well: bool
    words: str
    then: str = ""
    address: str = ""


@operators_only
@require_safe
def overview(request: PersonRequest) -> HttpResponse:
    """Disputes, health, figures. Health is as it was found; all else after time has done its work (T0)."""
    health = queries.health(kinds=sent_kinds())
    if health.due:
        catch_up()
    shown = {
        "health": health,
        "waits": pausing.waiting(kinds=sent_kinds()) if health.paused_at else None,
        "signs": signs(health),
        "figures": queries.figures(),
        "disputes": queries.oldest_disputes(),
        "states": tuple(LISTS.items()),
    }
    return render(request, "backoffice/overview.html", shown)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def audited(request: PersonRequest) -> HttpResponse:
    """GET says what an audit is; POST recomputes every balance (K6). It changes nothing, so there is no redirect."""
    report = audit() if request.method == "POST" else None
    figures = [(AUDITED.get(name, name), plain(figure)) for name, figure in report.figures.items()] if report else []
    return render(request, "backoffice/audit.html", {"report": report, "figures": figures})


@operators_only
@require_POST
def release(request: PersonRequest) -> HttpResponse:
    """End the pause that follows a restore; a second click finds it ended."""
    if pausing.release():
        messages.success(request, _("The worker is released: what is due goes out now."))
    else:
        messages.info(request, _("The worker was not paused."))
    return SeeOther(reverse("operator"))


def signs(health: Health) -> tuple[Sign, ...]:
    return (_worker(health), _alarms(health), _outbox(health), _given_up(health))


def _worker(health: Health) -> Sign:
    if health.paused_at is not None:
        return Sign(
            well=False,
            words=_("The worker is paused: this installation was restored from a backup."),
            then=_("Nothing is sent until it is released, here or by expertim work --release."),
        )
    if health.beat_age is None:
        return Sign(
            well=False,
            words=_("No worker is running."),
            then=_("Nothing is sent until one is: expertim work."),
        )
    age = length_words(health.beat_age)
    if health.beat_age.total_seconds() > _SILENT_SECONDS:
        return Sign(
            well=False,
            words=_("The worker is silent. Time since its last sign of life: %(age)s.") % {"age": age},
            then=_("Look at its log and start it again: expertim work."),
        )
    return Sign(well=True, words=_("The worker is at work. Time since its last sign of life: %(age)s.") % {"age": age})


def _alarms(health: Health) -> Sign:
    if health.alarm_lag is None or health.alarm_lag.total_seconds() < _LATE_SECONDS:
        return Sign(well=True, words=_("What time does to meetings is done on time."))
    return Sign(
        well=False,
        words=_("What time does to meetings was late. Delay: %(age)s.") % {"age": length_words(health.alarm_lag)},
        then=_("It has been caught up with for this page; whoever opens a page of theirs finds it done, too."),
    )


def _outbox(health: Health) -> Sign:
    if health.outbox_lag is None or health.outbox_lag.total_seconds() < _LATE_SECONDS:
        return Sign(well=True, words=_("Mail goes out on time."))
    words = ngettext(
        "%(count)d row waits to be sent. Time since it was due: %(age)s.",
        "%(count)d rows wait to be sent. Time since the oldest was due: %(age)s.",
        health.outbox_due,
    ) % {"count": health.outbox_due, "age": length_words(health.outbox_lag)}
    tried = ngettext(
        "%(count)d has failed and will be tried again.",
        "%(count)d have failed and will be tried again.",
        health.retrying,
    )
    return Sign(
        well=False,
        words=words,
        then=tried % {"count": health.retrying} if health.retrying else "",
        address="?list=waiting",
    )


def _given_up(health: Health) -> Sign:
    if not health.given_up:
        return Sign(well=True, words=_("Nothing has been given up."))
    words = ngettext("%(count)d row has been given up.", "%(count)d rows have been given up.", health.given_up)
    return Sign(well=False, words=words % {"count": health.given_up}, address="?list=dead")
