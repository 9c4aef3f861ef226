"""Headlines, introductions and titles may be given per language, like every other text of the catalogue."""

from django.db import migrations, models


def _as_text(table: str, column: str) -> migrations.RunSQL:
    # Django's own cast reads the old text as JSON, which it is not.
    return migrations.RunSQL(
        f"ALTER TABLE {table} ALTER COLUMN {column} TYPE jsonb USING to_jsonb({column})",
        f"ALTER TABLE {table} ALTER COLUMN {column} TYPE text USING {column} #>> '{{}}'",
    )


class Migration(migrations.Migration):
    dependencies = [("expertise", "0002_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                _as_text("expertise_expert", "headline"),
                _as_text("expertise_expert", "introduction"),
                _as_text("expertise_service", "title"),
            ],
            state_operations=[
                migrations.AlterField(
                    "expert", "headline", models.JSONField(blank=True, default=str, verbose_name="headline")
                ),
                migrations.AlterField(
                    "expert", "introduction", models.JSONField(blank=True, default=str, verbose_name="introduction")
                ),
                migrations.AlterField("service", "title", models.JSONField(verbose_name="title")),
            ],
        ),
    ]
