"""Gettext for the templates: the same as Jinja2's own, without its walk through the context for each word of a page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils import translation
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


@pass_eval_context
def worded(context: EvalContext, message: str, /, **variables: Any) -> str:
    """The translation, `%(name)s` filled in, `%%` a percent sign. On a page what is put in is escaped; a mail's text is
    no HTML, and there everything stays as it is.
    """
    if not context.autoescape:
        return translation.gettext(message) % variables
    language = translation.get_language()
    if variables:
        return _translated(language, message) % variables
    return _without_variables(language, message)


@lru_cache(maxsize=8192)
def _translated(_language: str | None, message: str) -> Markup:
    return Markup(translation.gettext(message))


@lru_cache(maxsize=8192)
def _without_variables(language: str | None, message: str) -> Markup:
    return _translated(language, message) % {}
