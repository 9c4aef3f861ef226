"""The terms for experts, a fourth text; and who is an expert anywhere, on the person's own row."""

from django.db import migrations, models

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("people", "0007_terms")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="advises",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AlterField(
            model_name="termstext",
            name="kind",
            field=models.CharField(
                choices=[
                    ("terms", "Terms of use"),
                    ("privacy", "Privacy policy"),
                    ("experts", "Terms for experts"),
                    ("imprint", "Imprint"),
                ],
                max_length=8,
            ),
        ),
        migrations.RemoveConstraint(model_name="termstext", name="people_termstext_kind"),
        migrations.AddConstraint(
            model_name="termstext",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["terms", "privacy", "experts", "imprint"])),
                name="people_termstext_kind",
            ),
        ),
        frozen_sql("people", "terms_2.sql"),
    ]
