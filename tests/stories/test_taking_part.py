"""A person beside their meetings: photo and profile, a chat, becoming an expert, agreeing to terms, leaving."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.stories.company import Company
from tests.stories.hands import WAYS
from tests.stories.place import PASSWORD, opened
from tests.stories.visitor import Visitor

pytestmark = pytest.mark.story

QUESTION = "Do you also value bakeries?"
ANSWER = "With pleasure. Propose a time."
AD = "By the way, buy my book."


@pytest.mark.parametrize("company", ["keyboard", "plain"], indirect=True)
def test_taking_part(company: Callable[..., Company]) -> None:
    """By keys alone where scripts run, by thumb where none does; the mouse would show nothing more."""
    there = company("part", field="Corporate finance")
    petr, charlie = there.petr, there.charlie
    _lets_others_write(petr)
    _tells_who_he_is(charlie)
    _talk(there, charlie, petr)
    _reports(charlie, petr)
    _becomes_an_expert(there, charlie)
    _leaves(charlie)
    _is_gone(petr)


def _lets_others_write(petr: Visitor) -> None:
    petr.go("Inbox")
    petr.follow("Messages")
    petr.sees("No messages yet.")
    petr.follow("Who may write to me")
    petr.choose("Anybody who is signed in")
    petr.press("Save")
    petr.sees("Anybody may write to you now.")


def _tells_who_he_is(charlie: Visitor) -> None:
    """The photo is chosen through the button that a browser draws; by key it opens as well."""
    charlie.go("Me")
    charlie.follow("Your profile and what is missing in it")
    charlie.sees("0 of", "A face is known again when the video opens.")
    charlie.follow("Add a photo")
    charlie.press_in_vain("Use this picture")
    picture = io.BytesIO()
    Image.new("RGB", (500, 400), "teal").save(picture, "PNG")
    with charlie.page.expect_file_chooser() as chooser:
        charlie.hands.press(charlie.field("A picture of you"))
    chooser.value.set_files({"name": "me.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    charlie.press("Use this picture")
    charlie.sees("This is your photo now.")
    expect(charlie.here.locator("img.face")).to_be_visible()
    charlie.follow("Add – Work")
    charlie.type_in(position="Baker", company="Brown and Daughters", linkedin="my page")
    charlie.press_in_vain("Save")
    charlie.sees("This is not the address of a person's page on LinkedIn.")
    charlie.type_in(linkedin="")
    charlie.press("Save")
    charlie.sees("Saved: Work.", "Brown and Daughters", "2 of")
    charlie.keep("profile")


def _talk(there: Company, charlie: Visitor, petr: Visitor) -> None:
    """Each at a browser of their own; where there is script, what the other says appears in the open page."""
    charlie.page.goto("/")
    charlie.follow(there.expertise)
    charlie.follow(petr.name, within=charlie.page.get_by_role("region", name="Experts by skill"))
    charlie.follow(f"Write to {petr.name}")
    charlie.type_in(message=QUESTION)
    charlie.press("Send")
    log = charlie.page.get_by_role("log", name="Messages")
    expect(log.get_by_text(QUESTION)).to_be_visible()
    petr.go("Inbox")
    petr.follow("Messages")
    expect(petr.here.get_by_role("listitem").filter(has_text=charlie.name)).to_contain_text("1 new")
    petr.keep("chats")
    petr.follow(charlie.name)
    petr.sees(QUESTION)
    expect(petr.here.get_by_role("link", name=f"Propose a meeting to {charlie.name}")).to_be_visible()
    for words in (ANSWER, AD):
        petr.type_in(message=words)
        petr.press("Send")
        petr.sees(words)
    petr.keep("chat")
    if not there.runs_scripts:
        charlie.page.reload()
    expect(log.get_by_text(ANSWER)).to_be_visible()
    expect(log.get_by_text(AD)).to_be_visible()
    charlie.keep("chat")
    if not there.runs_scripts:
        charlie.press("Mark as read")  # leads to the list of chats
        charlie.follow(petr.name)
    expect(charlie.here.get_by_role("button", name="Mark as read")).to_have_count(0)
    expect(charlie.here.get_by_role("link", name=f"Propose a meeting in {there.expertise}")).to_be_visible()


def _reports(charlie: Visitor, petr: Visitor) -> None:
    said = charlie.page.get_by_role("listitem").filter(has_text=AD)
    charlie.follow("Report", within=said)
    charlie.sees("Show this message to the operators?", AD)
    charlie.press_in_vain("Report the message")
    charlie.type_in(what_is_wrong_with_it="He sells books.")
    charlie.press("Report the message")
    charlie.sees(f"The operators have been shown the message. {petr.name} is not told.")
    expect(said).to_contain_text("reported")
    charlie.hands.press(charlie.here.get_by_text("Something is wrong here"))
    charlie.press(f"Block {petr.name}")
    charlie.sees(f"You have blocked {petr.name}: neither of you can write.")
    expect(charlie.here.get_by_role("textbox")).to_have_count(0)
    charlie.press(f"Let {petr.name} write to me again")
    expect(charlie.field("Message")).to_be_visible()


def _becomes_an_expert(there: Company, charlie: Visitor) -> None:
    """The application is read by an operator; what was typed outlives a refusal of the form."""
    charlie.page.goto("/")
    charlie.follow(there.expertise)
    charlie.follow(f"Become an expert in {there.expertise}")
    charlie.type_in(headline="Knows bread", introduction="Thirty years of baking.", services_you_wish_to_offer="Advice")
    charlie.press_in_vain("Send the application")
    expect(charlie.field("Headline")).to_have_value("Knows bread")
    charlie.tick("Company valuation")
    charlie.tick("I agree to these terms for experts.")
    charlie.keep("apply")
    charlie.press("Send the application")
    charlie.sees("waits for an operator")
    olga = there.olga
    olga.page.goto("/operator/")
    olga.turn_to("Applications")
    olga.follow(charlie.name)
    olga.sees("Knows bread", "Thirty years of baking.")
    olga.choose("Approve: list them as an expert")
    olga.keep("application")
    olga.press("Decide")
    expect(olga.here.get_by_role("button", name="Decide")).to_have_count(0)
    charlie.page.reload()
    charlie.sees("You are an expert here.")


def _leaves(charlie: Visitor) -> None:
    charlie.go("Me")
    charlie.hands.press(charlie.here.get_by_role("region", name="Your data").get_by_role("link", name="Your data"))
    expect(charlie.page.get_by_role("heading", level=1, name=re.compile("^Your (data|password)"))).to_be_visible()
    if "reauthenticate" in charlie.page.url:
        charlie.type_in(password=PASSWORD)
        charlie.press("Go on")
    charlie.follow("Look at what leaving brings about")
    charlie.press_in_vain("Leave and remove who I am")
    charlie.tick("I have understood that this cannot be undone")
    charlie.keep("leaving")
    charlie.press("Leave and remove who I am")
    charlie.sees("You have left.")
    charlie.keep("left")


def _is_gone(petr: Visitor) -> None:
    """The words stay with whom they were written to; the name does not."""
    petr.go("Inbox")
    petr.follow("Messages")
    petr.sees_not("Charlie Brown")
    petr.follow("A former user")
    petr.sees(QUESTION, "is no longer here, so nobody would read an answer.")


def test_terms_are_agreed_to_before_anything_else(
    tmp_path_factory: pytest.TempPathFactory, visit: Callable[..., Visitor]
) -> None:
    """In a place of their own: whoever publishes terms asks everybody there, the publisher included."""
    with opened(tmp_path_factory.mktemp("terms"), name="terms") as place:
        people = {
            way: Company(place, visit, story=f"terms-{way}", field="Corporate finance", hands=hands, base=place.url)
            for way, hands in WAYS.items()
        }
        olga, readers = people["keyboard"].olga, [there.jana for there in people.values()]
        olga.page.goto("/operator/")
        olga.turn_to("Legal texts")
        olga.follow("Terms of use")
        olga.type_in(text="## Who pays\n\nWhoever asks.")
        olga.press("See how it looks")
        olga.sees("As it will be read", "Whoever asks.")
        olga.press("Publish version 1")
        olga.sees("Before you go on")
        for reader in (*readers, olga):
            reader.page.goto("/account/")
            reader.sees("Before you go on", "Terms of use")
            reader.hands.press(reader.here.locator("summary"))
            reader.sees("Whoever asks.")
            reader.keep("agree")
            reader.press("I have read this and agree")
            expect(reader.page).to_have_url(f"{place.url}/account/")
            reader.sees("Available")
