"""Whose a session is, beside Django's own columns: one statement then reads session and person."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("sessions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE django_session ADD COLUMN person_id bigint",
            "ALTER TABLE django_session DROP COLUMN person_id",
        ),
    ]
