"""How complete a profile is: what is told, what is missing, and what that would help."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from expertim.foundation.addresses import address
from expertim.people.profile import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing a profile may tell; `why` is for whoever has not told it."""

    name: str
    told: bool
    why: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    items: tuple[Item, ...]

    @property
    def told(self) -> int:
        return sum(item.told for item in self.items)

    @property
    def missing(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if not item.told)


def completeness(told: Told, *, wished: bool) -> Completeness:
    """Of the things that help others to know whom they meet. `wished`: whether skills to develop are chosen."""
    profile, work, place = told.profile, address("profile_group", "work"), address("profile_group", "place")
    return Completeness(
        items=(
            Item(
                name=_("Photo"),
                told=bool(told.person.photo),
                why=_("A face is known again when the video opens."),
                address=address("photo_settings"),
            ),
            Item(
                name=_("Position and company"),
                told=bool(profile.position and profile.company),
                why=_("Whoever prepares for a meeting with you can start where you stand."),
                address=work,
            ),
            Item(
                name=_("Industry"),
                told=bool(profile.industry),
                why=_("The same question has another answer in another industry."),
                address=work,
            ),
            Item(
                name=_("LinkedIn"),
                told=bool(profile.linkedin),
                why=_("It tells the rest, so that no minute of a meeting is spent on it."),
                address=work,
            ),
            Item(
                name=_("City"),
                told=bool(profile.city),
                why=_("It says which market and which law you live with."),
                address=place,
            ),
            Item(
                name=_("Languages"),
                told=bool(profile.languages),
                why=_("Both sides know before they meet in which language they will speak."),
                address=place,
            ),
            Item(
                name=_("Skills you want to develop"),
                told=wished,
                why=_("The experts for them come first on your dashboard."),
                address=address("settings") + "#wishes",
            ),
        )
    )
