"""A page through axe-core, and whether it fits the screen."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page

_ALSO = {"target-size": {"enabled": True}}  # of WCAG 2.2, which axe leaves out unless it is asked
# Of all that axe looks at, these alone can differ between two themes of one page.
OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


def without_fault(page: Page) -> None:
    """No violation, nothing wider than the screen."""
    faults = faults_of(page)
    assert not faults, "\n".join(faults)


def faults_of(page: Page, *, options: dict[str, Any] | None = None) -> list[str]:
    """Violations of what is asked for, all of them by default; and what is wider than the screen."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    found = AxeResults(
        page.evaluate(
            "(options) => axe.run(options)",
            {"resultTypes": ["violations"], "preload": False, "rules": _ALSO, **(options or {})},
        )
    )
    faults = [f"{page.url}: {found.generate_report()}"] if found.violations_count else []
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*faults, f"{page.url} is {wide} pixels too wide"] if wide > 0 else faults
