"""Who is an expert anywhere stands on the person's row, kept by triggers."""

from django.db import migrations

from expertim.foundation.frozen import frozen_sql


class Migration(migrations.Migration):
    dependencies = [("expertise", "0007_skill_held"), ("people", "0008_terms_for_experts")]
    operations = [frozen_sql("expertise", "advising_1.sql")]
