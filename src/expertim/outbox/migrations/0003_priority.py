"""What goes first, and rows that end their workers; where what was sent about something is found."""

from django.db import migrations, models

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_outbox_add")]
    operations = [
        migrations.AddField(
            model_name="row", name="deaths", field=models.SmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            model_name="row", name="priority", field=models.SmallIntegerField(db_default=1, default=1)
        ),
        migrations.RemoveIndex(model_name="row", name="outbox_open"),
        migrations.AddIndex(
            model_name="row",
            index=models.Index(
                fields=["priority", "due_at"],
                condition=models.Q(("status__in", ["waiting", "leased"])),
                name="outbox_next",
            ),
        ),
        migrations.AddIndex(
            model_name="row",
            index=models.Index(fields=["reference", "id"], condition=models.Q(("kind", "notice")), name="outbox_about"),
        ),
        frozen_sql("outbox", "outbox_add_2.sql", undo="DROP FUNCTION outbox_add_2(jsonb)"),
    ]
