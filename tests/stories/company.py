"""The people of one story: Jana who asks, Petr who knows, Charlie who asks too, Olga the operator."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from tests.stories.hands import Hands
from tests.stories.place import Place
from tests.stories.visitor import Visitor


class Company:
    """They have an Expertise of their own, so that no story meets the people of another. Who is called, comes in."""

    def __init__(
        self, place: Place, visit: Callable[..., Visitor], *, story: str, field: str, hands: Hands, **given: Any
    ) -> None:
        self.place, self.story, self.expertise = place, story, f"{field}, {story}"
        self._visit, self._hands, self._given = visit, hands, given
        self.cast()

    @property
    def runs_scripts(self) -> bool:
        """Whether their browsers do."""
        return bool(self._hands.browser.get("java_script_enabled", True))

    def cast(self, *, price: str = "25.00") -> None:
        """Into the installation; cast anew, the service costs what is said."""
        self.place.cast(self.story, field=self.expertise, price=price)

    @cached_property
    def jana(self) -> Visitor:
        return self._comes("Jana Nováková")

    @cached_property
    def petr(self) -> Visitor:
        return self._comes("Petr Svoboda", timezone_id="Europe/London", date_format="YYYY-MM-DD HH:MM")

    @cached_property
    def charlie(self) -> Visitor:
        return self._comes("Charlie Brown", timezone_id="America/New_York", date_format="MM/DD/YYYY HH:MM")

    @cached_property
    def olga(self) -> Visitor:
        return self._comes("Olga Dvořáková")

    def _comes(self, name: str, **given: Any) -> Visitor:
        email = f"{name.split()[0].lower()}.{self.story}@example.org"
        visitor = self._visit(name, email=email, hands=self._hands, **self._given, **given)
        visitor.sign_in()
        return visitor
