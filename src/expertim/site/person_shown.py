"""What a person has told, as lines of a page: only what there is, each with its label."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from expertim.people.forms_profile import GROUPS
from expertim.people.models import WorkStatus
from expertim.people.profile import Told
from expertim.people.tongues import tongue_names

_PRIVATE = {"phone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    label: str
    text: str
    link: str = ""


def facts_shown(told: Told, *, group: str, public: bool = False) -> list[Fact]:
    """The lines of one group of the profile; `public`: those that others see."""
    fields = GROUPS[group].form.base_fields
    kept = told.billing if group == "billing" else told.profile
    return [
        Fact(label=str(field.label), text=text, link=text if name == "linkedin" else "")
        for name, field in fields.items()
        if not (public and name in _PRIVATE) and (text := _text(name, getattr(kept, name)))
    ]


def _text(name: str, value: str | list[str]) -> str:
    if isinstance(value, str) and value and name == "work_status":
        return str(WorkStatus(value).label)
    if isinstance(value, list):
        return ", ".join(tongue_names(value, reader=get_language() or "en"))
    return str(value)


def position_words(told: Told) -> str:
    """Position and company in one line, as far as they are told."""
    position, company = told.profile.position, told.profile.company
    if position and company:
        return _("%(position)s, %(company)s") % {"position": position, "company": company}
    return position or company
