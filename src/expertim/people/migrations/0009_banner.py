import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0008_terms_for_experts")]

    operations = [
        migrations.CreateModel(
            name="Banner",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="banner",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("version", models.CharField(max_length=16)),
                ("content", models.BinaryField()),
            ],
            options={"verbose_name": "banner", "verbose_name_plural": "banners"},
        ),
    ]
