"""Meetings, to look at: an operator reads every meeting, its timeline and log (X2), and writes none."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from expertim.foundation.admin import ReadOnlyAdmin, ReadOnlyInline
from expertim.meetings.models import Attendance, Meeting, Statement, TimelineEvent


class TimelineInline(ReadOnlyInline):
    model = TimelineEvent
    fields = ("sequence", "at", "by", "person", "event", "values")
    ordering = ("sequence",)


class StatementInline(ReadOnlyInline):
    model = Statement
    fields = ("party", "progress", "stars", "at")


class AttendanceInline(ReadOnlyInline):
    model = Attendance
    fields = ("generation", "party", "at")
    ordering = ("at", "id")


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "starts_at", "user", "expert", "state", "payment", "progress")
    list_filter = ("state", "payment", "progress", "expertise")
    list_select_related = ("user", "expert")
    search_fields = ("public_id", "user__name", "user__email", "expert__name", "expert__email")
    ordering = ("-id",)
    exclude = ("rung", "version")
    inlines = (TimelineInline, StatementInline, AttendanceInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        return super().get_queryset(request).select_related("expertise")

    def view_on_site(self, meeting: Meeting) -> str:
        return reverse("meeting", args=[meeting.public_id])
