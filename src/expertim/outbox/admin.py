"""What waits to be done outside, to look at. The payload stays out: it holds other people's links and codes."""

from django.contrib import admin

from expertim.foundation.admin import ReadOnlyAdmin
from expertim.outbox.models import Heartbeat, Row


@admin.register(Row)
class RowAdmin(ReadOnlyAdmin):
    list_display = ("kind", "key", "status", "due_at", "attempts", "done_at")
    list_filter = ("status", "kind")
    search_fields = ("key",)
    ordering = ("-id",)
    fields = (
        *("kind", "key", "recipient", "reference", "generation", "status", "due_at", "not_after"),
        *("retry_at", "lease_until", "attempts", "last_error", "made_at", "done_at"),
    )


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("worker", "started_at", "beat_at", "stopped_at")
    ordering = ("-beat_at",)
