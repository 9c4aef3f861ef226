"""A command for less: plans that are kept, conditions that are read once, no index that another one begins with."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from expertim.foundation.frozen import frozen_sql

_CONSTRAINTS = (  # a trigger holds them now, under the same names
    "meetings_payment_fits_state",
    "meetings_free_means_price_0",
    "meetings_alternative_whole",
    "meetings_agreed_in_force",
)


def _unindexed(model: str, name: str, *, to: str, related: str) -> migrations.AlterField:
    field = models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name=related, to=to
    )
    return migrations.AlterField(model_name=model, name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0006_in_the_way"),
        ("credits", "0004_post_3"),
        ("notifications", "0004_add_3"),
        ("outbox", "0005_add_2"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        *(migrations.RemoveConstraint(model_name="meeting", name=name) for name in _CONSTRAINTS),
        frozen_sql("meetings", "meetings_guard_2.sql"),
        frozen_sql("meetings", "meetings_read_4.sql"),
        frozen_sql("meetings", "meetings_write_3.sql"),
        _unindexed("meeting", "user", to=settings.AUTH_USER_MODEL, related="meetings_as_user"),
        _unindexed("meeting", "expert", to=settings.AUTH_USER_MODEL, related="meetings_as_expert"),
        _unindexed("timelineevent", "meeting", to="meetings.meeting", related="timeline"),
        _unindexed("statement", "meeting", to="meetings.meeting", related="statements"),
        _unindexed("attendance", "meeting", to="meetings.meeting", related="attendance"),
        _unindexed("request", "person", to=settings.AUTH_USER_MODEL, related="+"),
        migrations.RunSQL("DROP INDEX IF EXISTS meetings_meeting_public_id_307dcfc3_like", migrations.RunSQL.noop),
    ]
