"""Meetings that were agreed before there were rooms get theirs."""

from django.db import migrations

_ROOMS = """
SELECT video_want(coalesce(jsonb_agg(jsonb_build_object(
           'reference', id, 'platform', 'builtin', 'generation', generation, 'wanted', true,
           'opens_at', starts_at - make_interval(mins => (terms ->> 'join_opens_minutes')::int),
           'closes_at', ends_at + make_interval(mins => (terms ->> 'join_closes_minutes')::int))), '[]'))
  FROM meetings_meeting WHERE state = 'agreed'
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0003_rooms")]
    operations = [migrations.RunSQL(_ROOMS, migrations.RunSQL.noop)]
