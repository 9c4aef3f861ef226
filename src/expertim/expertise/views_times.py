"""The page on which an expert says when they are free: hours, other days, holidays, what goes around, the pause."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from expertim.expertise import busy_calendars, times
from expertim.expertise.busy_calendars import CalendarRow
from expertim.expertise.forms_times import (
    AroundForm,
    CalendarForm,
    DayForm,
    HolidayForm,
    PauseForm,
    TimesForm,
    WeekForm,
)
from expertim.expertise.free_times import Span, spans_text
from expertim.expertise.times import OwnTimes, Place
from expertim.expertise.words_times import age_words, busy_words, trouble_words
from expertim.foundation.words import in_language
from expertim.people.formats import Clock
from expertim.people.middleware import PersonRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class DayShown:
    """One day, or some, with what goes then; `value` is sent back to take it away."""

    words: str
    hours: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceShown:
    expertise: str
    name: str
    week: TimesForm
    day: TimesForm
    days: tuple[DayShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarShown:
    id: str
    name: str
    words: str
    trouble: str


@require_http_methods(["GET", "HEAD", "POST"])
def own_times(request: PersonRequest) -> HttpResponse:
    """Each part of the page is a form of its own, named by its button."""
    own = times.own_times(person=request.user.pk)
    if request.method != "POST" or not own.places:
        return _page(request, own, None)
    do, _sep, slug = request.POST.get("do", "").partition(":")
    place = next((place for place in own.places if place.expertise == slug), None)
    form = _form(do, request.POST, own, place, request.clock)
    if form is None:
        if take_away := _TAKEN_AWAY.get(do):
            take_away(request, place)
        return redirect("own_times")
    if form.is_valid():
        _KEPT[do](request, form, place)
    if form.errors:
        return _page(request, own, form)
    return redirect("own_times")


def _form(
    do: str, data: Mapping[str, Any] | None, own: OwnTimes, place: Place | None, clock: Clock
) -> TimesForm | None:
    """The form of one part of the page; None for what is a button only."""
    given: dict[str, Any] = {"data": data, "clock": clock, "now": own.now, "prefix": _prefix(do, place)}
    if place is not None:
        if do == "week":
            return WeekForm(weekly=place.weekly, **given)
        return DayForm(**given) if do == "day" else None
    if do == "around":
        hours = own.notice_minutes // 60
        return AroundForm(initial={"notice": hours, "buffer": own.buffer_minutes, "limit": own.day_limit}, **given)
    if do == "holiday":
        return HolidayForm(**given)
    if do == "calendar":
        return CalendarForm(**given)
    return PauseForm(**given) if do == "pause" else None


def _prefix(do: str, place: Place | None) -> str:
    return f"{do}-{place.expertise}" if place else do


def _page(request: PersonRequest, own: OwnTimes, wrong: TimesForm | None) -> HttpResponse:
    """The whole page; `wrong` is the form that was sent and cannot be taken, in its place."""

    def part(do: str, place: Place | None = None) -> TimesForm | None:
        if wrong is not None and wrong.prefix == _prefix(do, place):
            return wrong
        return _form(do, None, own, place, request.clock)

    shown = {
        "wrong": wrong,
        "places": [
            PlaceShown(
                expertise=place.expertise,
                name=in_language(place.name),
                week=part("week", place),  # type: ignore[arg-type]  # these parts have a form each
                day=part("day", place),  # type: ignore[arg-type]
                days=_days_shown(place, own, request.clock),
            )
            for place in own.places
        ],
        "around": part("around"),
        "holiday": part("holiday"),
        "pause": part("pause"),
        "calendar": part("calendar"),
        "calendars": [_calendar_shown(row) for row in busy_calendars.calendars_of(request.user.pk)],
        "holidays": _holidays_shown(own, request.clock),
        "paused_until": own.paused_until if own.paused_until and own.paused_until > own.now else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong is not None else HTTPStatus.OK
    return render(request, "expertise/times.html", shown, status=status)


def _days_shown(place: Place, own: OwnTimes, clock: Clock) -> tuple[DayShown, ...]:
    today = clock.local(own.now).date()
    return tuple(
        DayShown(words=clock.day(day), hours=_hours_words(spans), value=day.isoformat())
        for day, spans in sorted(place.days.items())
        if day >= today
    )


def _hours_words(spans: tuple[Span, ...]) -> str:
    return spans_text(spans) if spans else _("day off")


def _holidays_shown(own: OwnTimes, clock: Clock) -> tuple[DayShown, ...]:
    today = clock.local(own.now).date()
    return tuple(
        DayShown(words=_days_words(holiday.first_on, holiday.last_on, clock), hours="", value=str(holiday.id))
        for holiday in own.holidays
        if holiday.last_on >= today
    )


def _calendar_shown(row: CalendarRow) -> CalendarShown:
    known = f"{row.host} · {age_words(row.age)}"
    return CalendarShown(
        id=row.id,
        name=row.name,
        words=f"{known} · {busy_words(row.busy_count)}" if row.age is not None else known,
        trouble=trouble_words(row.trouble) if row.trouble else "",
    )


def _days_words(first: date, last: date, clock: Clock) -> str:
    if first == last:
        return clock.day(first)
    return _("{first} until {last}").format(first=clock.day(first), last=clock.day(last))


# ---------------------------------------------------------------- what a button brings about


def _keep_week(request: PersonRequest, form: Any, place: Place | None) -> None:
    assert place is not None
    times.keep_week(person=request.user.pk, expertise=place.expertise, weekly=form.weekly)
    messages.success(request, _("Your weekly hours have been saved. Free times are offered by them from now on."))


def _keep_day(request: PersonRequest, form: Any, place: Place | None) -> None:
    assert place is not None
    on, spans = form.cleaned_data["on"], form.cleaned_data["hours"]
    times.keep_day(person=request.user.pk, expertise=place.expertise, on=on, spans=spans)
    said = _("Saved for {day}: {hours}.").format(day=request.clock.day(on), hours=_hours_words(spans))
    messages.success(request, said)


def _keep_around(request: PersonRequest, form: Any, place: Place | None) -> None:
    typed = form.cleaned_data
    times.keep_around(
        person=request.user.pk,
        notice_minutes=typed["notice"] * 60,
        buffer_minutes=typed["buffer"],
        day_limit=typed["limit"],
    )
    messages.success(request, _("Saved. Free times are offered by it from now on."))


def _keep_holiday(request: PersonRequest, form: Any, place: Place | None) -> None:
    first, last = form.cleaned_data["first_on"], form.cleaned_data["last_on"]
    times.keep_holiday(person=request.user.pk, first_on=first, last_on=last)
    said = _("Days without free times: {days}. Meetings agreed for those days stand as they are.")
    messages.success(request, said.format(days=_days_words(first, last, request.clock)))


def _subscribe(request: PersonRequest, form: Any, place: Place | None) -> None:
    typed = form.cleaned_data
    try:
        busy_calendars.subscribe(person=request.user.pk, name=typed["name"], address=typed["address"])
    except busy_calendars.Refused as refused:
        form.add_error("address", trouble_words(str(refused)))
        return
    said = _("{name} has been added. It is read within a minute or so, and from then on every hour.")
    messages.success(request, said.format(name=typed["name"]))


def _unsubscribe(request: PersonRequest, place: Place | None) -> None:
    if busy_calendars.unsubscribe(person=request.user.pk, calendar=request.POST.get("calendar", "")[:16]):
        messages.success(request, _("The calendar has been removed, and with it all that it told us."))


def _read_again(request: PersonRequest, place: Place | None) -> None:
    if busy_calendars.read_again(person=request.user.pk, calendar=request.POST.get("calendar", "")[:16]):
        messages.success(request, _("The calendar is read again within a minute or so."))


def _pause(request: PersonRequest, form: Any, place: Place | None) -> None:
    until = form.cleaned_data["until"]
    times.pause(person=request.user.pk, until=until)
    said = _("You take no proposals until {moment}. What has been proposed or agreed stands as it is.")
    messages.success(request, said.format(moment=request.clock.moment(until)))


def _go_on(request: PersonRequest, place: Place | None) -> None:
    times.pause(person=request.user.pk, until=None)
    messages.success(request, _("You take proposals again."))


def _drop_day(request: PersonRequest, place: Place | None) -> None:
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        return
    if place is not None and times.keep_day(person=request.user.pk, expertise=place.expertise, on=on, spans=None):
        said = _("{day} is a day like every other of its week again.")
        messages.success(request, said.format(day=request.clock.day(on)))


def _drop_holiday(request: PersonRequest, place: Place | None) -> None:
    number = request.POST.get("holiday", "")
    if number.isascii() and number.isdecimal() and len(number) <= 18:
        times.drop_holiday(person=request.user.pk, holiday=int(number))
        messages.success(request, _("The holiday has been taken back."))


_KEPT: dict[str, Callable[[PersonRequest, Any, Place | None], None]] = {
    "week": _keep_week,
    "day": _keep_day,
    "around": _keep_around,
    "holiday": _keep_holiday,
    "pause": _pause,
    "calendar": _subscribe,
}
_TAKEN_AWAY: dict[str, Callable[[PersonRequest, Place | None], None]] = {
    "resume": _go_on,
    "day_drop": _drop_day,
    "holiday_drop": _drop_holiday,
    "calendar_drop": _unsubscribe,
    "calendar_again": _read_again,
}
