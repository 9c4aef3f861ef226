"""When a session began, noted by the database: however busy it is, it ends some day."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0002_session_of_person")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE django_session ADD COLUMN started_at timestamptz NOT NULL DEFAULT clock_timestamp()",
            "ALTER TABLE django_session DROP COLUMN started_at",
        ),
    ]
