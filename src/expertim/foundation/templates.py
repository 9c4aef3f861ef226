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
from expertim.foundation.amounts import amount_shown, amount_text
from expertim.foundation.brand import brand
from expertim.foundation.htmx import in_dialog
from expertim.foundation.moments import kept_whole
from expertim.foundation.worded import worded
from expertim.foundation.words import in_language, initials


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
        credits=amount_shown, amount=amount_text, moments=kept_whole, text=in_language, initials=initials
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
    )
    return made
