"""The demo's month of meetings at a moment that stands fixed: the same for every test and every picture."""

from __future__ import annotations

NOW = "2031-03-11T09:20Z"  # a Tuesday, weeks from any change of clocks, and ahead of whoever runs this
JANA, PETR, OPERATOR = "jana@example.org", "petr@example.org", "operator@example.org"

# For `expertim shell -c` in an installation that is empty but for its tables.
STORY = f"""
from datetime import datetime
from expertim.foundation import clock
from expertim.people.models import Person
from expertim.site.cast import FOLDER
from expertim.site.free_of_demo import keep_times
from expertim.site.management.commands.catalogue import load
from expertim.site.presenting import present
from expertim.site.player import Player, ring_all
from expertim.site.story import read_story
from expertim.site.talking import talk
now, story = datetime.fromisoformat("{NOW}"), read_story((FOLDER / "story.yaml").read_bytes())
base = now.replace(minute=0)
clock.begin_at(base + story[0].at)
load((FOLDER / "catalogue.yaml").read_bytes(), name="catalogue.yaml")
Player(base=base).play(story)
clock.move_to(now)
ring_all()
talk()
keep_times()
present()
Person.objects.update(language="en")
"""

NEWCOMER, PASSWORD = "nina@example.org", "expertim-demo"
_NEW = f"people: [{{email: {NEWCOMER}, name: Nina New, time_zone: Europe/Prague, language: en, password: {PASSWORD}}}]"
# After it: prints as JSON what the addresses of its pages are made of, and the pages that are shown without a person.
PLACES = f"""
import json
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from expertim.chat.actions import report
from expertim.chat.models import Message, Report
from django.template.loader import render_to_string
from expertim.expertise.models import RejectReason, Service, Skill
from expertim.meetings import queries
from expertim.meetings.facts import By
from expertim.meetings.links import token_of
from expertim.meetings.shown import act_address
from expertim.notifications import kinds
from expertim.notifications.mail import leave_token
from expertim.outbox.queries import mails
from expertim.reviews.models import Review
people = {{one.email: one for one in Person.objects.all()}}
jana, petr = people["{JANA}"], people["{PETR}"]
views = [
    view for which in ("scheduled", "held") for view in queries.listed(person=jana.pk, which=which, limit=100).rows
]
acts = {{p.act.value: act_address(v.public_id, p.act) for v in reversed(views) for p in v.actions}}
service = Service.objects.get(expert__person=petr, slug="advice-60")
load({_NEW!r}.encode(), name="newcomer.yaml")
said = Message.objects.order_by("-id").first()
report(person=jana.pk, chat=said.chat.public_id, message=said.pk, reason="This is for the pictures only.")
leaving = next(kind.code for kind in kinds.all_kinds() if kind.switchable and kind.by_mail)
print(json.dumps({{
    "acts": acts,
    "meeting": next(v.public_id for v in views if any(p.act == "cancel" for p in v.actions)),
    "door": next(token_of(v, By.USER) for v in views if any(p.act == "join" for p in v.actions)),
    "chat": said.chat.public_id,
    "message": Message.objects.filter(chat=said.chat, report=None, by_low=said.by_low).first().pk,
    "report": Report.objects.get().pk,
    "margaret": people["margaret@example.org"].public_id,
    "dispute": queries.disputed()[0].public_id,
    "jana": jana.public_id,
    "petr": petr.public_id,
    "service": service.public_id,
    "skill": Skill.objects.filter(expertise__slug="corporate-finance").first().pk,
    "reason": RejectReason.objects.first().pk,
    "review": Review.objects.filter(hidden_at=None).first().pk,
    "mail": mails().mails[0].number,
    "leave": leave_token(person=jana.pk, kind=leaving),
    "reset": f"{{user_pk_to_url_str(jana)}}-{{default_token_generator.make_token(jana)}}",
    "bare": {{name: render_to_string(f"{{name}}.html", using="pages") for name in ("400", "413", "500", "503")}},
}}))
"""
