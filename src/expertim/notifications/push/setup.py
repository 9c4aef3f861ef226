"""Whether this installation pushes: the extra is installed and a key is given. Without both nothing of it shows."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from django.conf import settings

EXTRA = ("http_ece", "py_vapid")


@cache
def extra_is_installed() -> bool:
    return all(find_spec(name) is not None for name in EXTRA)


def push_is_there() -> bool:
    return bool(settings.WEB_PUSH_KEY) and extra_is_installed()
