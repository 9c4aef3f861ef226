"""What an operator puts in place of ours: a few tokens, a logo, an icon, in a folder of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

PREFIX = "brand"  # of the folder's addresses: /static/brand/…


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Addresses; empty where the folder has nothing of that name."""

    css: str
    logo: str
    icon: str


def brand() -> Brand:
    """What BRAND_DIR holds, as it is when the process starts."""
    folder: Path | None = settings.BRAND_DIR

    def address(name: str) -> str:
        there = folder is not None and (folder / name).is_file()
        return staticfiles_storage.url(f"{PREFIX}/{name}") if there else ""

    return Brand(
        css=address("brand.css"),
        logo=address("logo.svg"),
        icon=address("icon.svg") or staticfiles_storage.url("foundation/icon.svg"),
    )
