"""The environment of our Jinja2 pages."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import translation
from django_htmx.jinja import django_htmx_script, htmx_script
from jinja2 import Environment, StrictUndefined

from expertim.foundation.addresses import address
from expertim.foundation.brand import brand
from expertim.foundation.htmx import in_dialog
from expertim.foundation.moments import kept_whole
from expertim.foundation.numbers import (
    amount_shown,
    amount_typed,
    credit_words,
    lasting_hours,
    lasting_minutes,
    listed,
    minutes_words,
    number_shown,
)
from expertim.foundation.worded import worded
from expertim.foundation.words import in_language, initials


def _languages() -> list[tuple[str, str]]:
    """Code and own name of each language that our words are complete in."""
    return [(code, name) for code, name in settings.LANGUAGES if code in settings.COMPLETE_LANGUAGES]


def environment(**options: Any) -> Environment:
    """Jinja2 with gettext, our filters for amounts and catalogue texts, and no silent undefined names."""
    options.setdefault("undefined", StrictUndefined)
    made = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True, **options)
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    made.filters.update(
        credits=credit_words,
        amount=amount_shown,
        typed_amount=amount_typed,
        number=number_shown,
        minutes=minutes_words,
        for_minutes=lasting_minutes,
        for_hours=lasting_hours,
        listed=listed,
        moments=kept_whole,
        text=in_language,
        initials=initials,
    )
    made.globals.update(
        _=worded,
        gettext=worded,  # what `trans` calls
        url=address,
        static=cache(staticfiles_storage.url),  # a page names dozens of icons; their address is worked out once
        language=lambda: translation.get_language() or "en",
        htmx_script=htmx_script,
        django_htmx_script=django_htmx_script,
        in_dialog=in_dialog,
        brand=brand(),
        site_name=settings.SITE_NAME,
        movable_clock=settings.MOVABLE_CLOCK,
        languages=_languages,
    )
    return made
