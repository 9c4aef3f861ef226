"""Large text, a narrow page, no motion, colours of one's own: what WCAG 2.2 asks for and axe cannot see."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_SCRIPT = (Path(__file__).parent / "comfort.js").read_text()
_NARROW = {"width": 320, "height": 844}  # 1280 at 400 % (1.4.10)
_HALF = {"width": 640, "height": 422}  # 1280 at 200 % (1.4.4)
_WIDE = {"width": 1280, "height": 844}
_SPACED = """for (const it of document.querySelectorAll('main, main *')) {
    it.style.lineHeight = '1.5'; it.style.letterSpacing = '.12em'; it.style.wordSpacing = '.16em';
}"""  # 1.4.12


def discomforts_of(page: Page) -> list[str]:
    """Everything wrong with the page as it is; it is left with its text spaced."""
    found = []
    page.set_viewport_size(_NARROW)  # type: ignore[arg-type]
    found += [f"at 320 px: {fault}" for fault in page.evaluate(_SCRIPT, "width")]
    page.emulate_media(reduced_motion="reduce")
    found += [f"without motion: {fault}" for fault in page.evaluate(_SCRIPT, "motion")]
    page.emulate_media(reduced_motion="no-preference", forced_colors="active")
    found += [f"in forced colours: {fault}" for fault in page.evaluate(_SCRIPT, "colours")]
    page.emulate_media(forced_colors="none")
    page.set_viewport_size(_HALF)  # type: ignore[arg-type]
    found += [f"at 200 %: {fault}" for fault in page.evaluate(_SCRIPT, "width")]
    page.set_viewport_size(_WIDE)  # type: ignore[arg-type]
    page.evaluate(_SPACED)
    found += [f"with text spaced: {fault}" for fault in page.evaluate(_SCRIPT, "width")]
    return found
