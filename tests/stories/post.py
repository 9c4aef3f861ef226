"""Mail in a demo: it stands in the browser, where one would otherwise look into one's mailbox."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.foundation.holding import eventually
from tests.stories.visitor import Visitor


def mail_to(visitor: Visitor, email: str = "") -> str:
    """The newest mail to this address, their own if none is given, once the worker has sent it."""
    window = visitor.context.new_page()
    window.goto("/demo/mail/")
    newest = window.get_by_role("row").filter(has_text=email or visitor.email).first
    assert eventually(lambda: bool(window.reload()) and "sent" in newest.inner_text(), seconds=20)
    newest.get_by_role("link").click()
    expect(window.get_by_role("term").filter(has_text="To")).to_be_visible()
    text = window.get_by_role("main").inner_text()
    window.close()
    return text


def code_to(visitor: Visitor, email: str = "") -> str:
    """The code that stands in it."""
    found = re.search(r"^\s*([A-Z0-9-]{4,12})\s*$", mail_to(visitor, email), re.MULTILINE)
    assert found
    return found[1]
