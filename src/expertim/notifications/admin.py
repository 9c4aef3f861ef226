"""Notices, to look at. Their values stay out: a link to a meeting is its recipient's alone."""

from django.contrib import admin

from expertim.foundation.admin import ReadOnlyAdmin
from expertim.notifications.models import Notice


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("kind", "recipient", "at", "read_at")
    list_select_related = ("recipient",)
    list_filter = ("kind",)
    search_fields = ("recipient__name", "recipient__email")
    ordering = ("-id",)
    fields = ("kind", "recipient", "key", "reference", "at", "read_at")
