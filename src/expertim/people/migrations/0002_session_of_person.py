"""Whose a session is, beside Django's own columns: one statement then reads session and person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("sessions", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE django_session ADD COLUMN person_id bigint",
            "ALTER TABLE django_session DROP COLUMN person_id",
        ),
        migrations.CreateModel(
            name="PersonSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("person_id", models.BigIntegerField(null=True)),
            ],
            options={"db_table": "django_session", "managed": False},
        ),
    ]
