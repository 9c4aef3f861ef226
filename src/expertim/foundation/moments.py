"""Moments within sentences, each kept on one line of a page."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

# A date in any of our formats; before it the weekday, after it the time.
_MOMENT = re.compile(
    r"(?:[^\W\d_]{2,4}\.? )?"
    r"(?:\d{2}\.\d{2}\.\d{4}|\d{2}/\d{2}/\d{4}|\d{4}-\d{2}-\d{2})"
    r"(?: \d{2}:\d{2}(?: \(UTC[+-]\d{2}:\d{2}\))?)?"
)


def kept_whole(text: str) -> Markup:
    """The text as HTML, whose moments do not break: "until Tue 16.03.2027 10:00 (Prague) you can …"."""
    # A plain string: Markup would escape what is put into it.
    return Markup(_MOMENT.sub(r'<span class="moment">\g<0></span>', str(escape(text))))
