"""Every page of ours: where it is, who sees it, and what has to be done there first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from playwright.sync_api import Page

from expertim.meetings.facts import Act
from tests.stories.month import JANA, NEWCOMER, NOW, OPERATOR, PASSWORD, PETR

STRANGER = ""  # somebody without an account; a newcomer has one, and nothing in it
TOO_MUCH = "9" * 12
WORDS = "What is typed here must not be lost."

# Addresses of ours at which there is no page to look at, and why.
NO_PAGE = {
    "chat_news": "a part of a chat, asked for by script",
    "chat_read": "takes a press and leads back",
    "chat_block": "takes a press and leads back",
    "unread": "a part of the header, asked for by script",
    "inbox_read": "takes a press and leads back",
    "notice": "takes a press and leads to the meeting",
    "expert_visible": "takes a press and leads back",
    "sitemap": "for machines",
    "expert_favourite": "takes a press and leads back",
    "device_zone": "takes a press and leads back",
    "choose_language": "keeps the language and leads back",
    "account_set_password": "leads on to changing it: whoever is signed in has one",
    "calendar_feed": "for calendar programs",
    "webhook": "its address is drawn by chance: looked at in tests/api",
    "operator_webhook": "its address is drawn by chance: looked at in tests/api",
    "operator_webhooks": "the page of `webhooks`, for the whole installation",
    "healthz": "for machines",
    "readyz": "for machines",
    "robots": "for machines",
    "favicon": "a picture",
    "photo": "a picture",
    "banner": "a picture",
    "hint_off": "takes a press and leads back",
    "export": "takes a press and gives a file",
    "operator_skill_up": "takes a press and leads back",
    "operator_reason_up": "takes a press and leads back",
    "operator_expert_listed": "takes a press and leads back",
    "operator_service_offered": "takes a press and leads back",
    "operator_reason_offered": "takes a press and leads back",
    "operator_notices_again": "takes a press and leads back",
    "operator_worker_release": "takes a press and leads back",
    "demo_mail_html": "a mail, as a mail program shows it",
    "device_add": "asked for by script, which takes the answer",
    "device_remove": "takes a press and leads back",
    "push_worker": "a script that the browser keeps",
    "room_exchange": "asked for by script, which takes the answer",
    "room_pass": "asked for by script, which takes the answer",
    "video_events": "for the servers of video platforms",
    "video_events_below": "for the servers of video platforms",
    "operator_review_show": "takes a press and leads back",
    "end_session": "takes a press and leads back",
    "mfa_authenticate": "between the password and being signed in: looked at in test_second_factor",
    "legal_text": "only once an operator has written it: looked at in tests/people/test_terms.py",
    "legal_agree": "only once an operator has written it: looked at in test_joining",
    "mfa_signup_webauthn": "between the code and being signed in: looked at in test_joining",
    "openid_connect_login": "leads on to the service",
    "openid_connect_callback": "where the service leads back to",
    "socialaccount_signup": "between the service and having an account: looked at in test_services",
    "mfa_reauthenticate": "for whoever has an app: looked at in test_second_factor",
    "mfa_reauthenticate_webauthn": "for whoever has a passkey: looked at in test_second_factor",
    "mfa_login_webauthn": "asked for by script, which takes the answer",
    "mfa_deactivate_totp": "for whoever has an app: looked at in test_second_factor",
    "mfa_view_recovery_codes": "for whoever has an app: looked at in test_second_factor",
    "mfa_generate_recovery_codes": "for whoever has an app: looked at in test_second_factor",
    "mfa_download_recovery_codes": "a file",
    "mfa_edit_webauthn": "for whoever has a passkey: looked at in test_second_factor",
    "mfa_remove_webauthn": "for whoever has a passkey: looked at in test_second_factor",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One page in one state: the name of its address ("" for one without), the address with gaps, what is done there.

    `answer` is the status that the last request is answered with.
    """

    name: str
    at: str
    state: str = ""
    then: Callable[[Page], None] | None = None
    answer: int = 200


# ---------------------------------------------------------------- what is done on a page before it is looked at


def _press(page: Page, button: str) -> None:
    page.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()


def _sending(button: str, **fields: str) -> Callable[[Page], None]:
    """Type, by the names of the fields, and press."""

    def send(page: Page) -> None:
        for name, text in fields.items():
            page.locator(f"main [name='{name}']:not([type=hidden])").first.fill(text)
        _press(page, button)

    return send


def _meddling(button: str, *, hidden: str, value: str, **fields: str) -> Callable[[Page], None]:
    """The same on a page that has stood open for too long: what it carries is no longer so."""

    def send(page: Page) -> None:
        everywhere = "(all, value) => all.forEach((one) => { one.value = value; })"
        page.locator(f"main input[name='{hidden}']").evaluate_all(everywhere, value)
        _sending(button, **fields)(page)

    return send


def _choosing(button: str, option: str, **fields: str) -> Callable[[Page], None]:
    def send(page: Page) -> None:
        page.get_by_role("radio", name=option).check()
        _sending(button, **fields)(page)

    return send


def _again_and_again(page: Page) -> None:
    """Ask for a new password until there is no more."""
    for _turn in range(8):
        page.goto("/accounts/password/reset/")
        _sending("Send the link", email=JANA)(page)
        if page.get_by_role("heading", name="Too many attempts").is_visible():
            return


def _unfold(page: Page) -> None:
    # Handles, because a locator looks anew each time and passes over the next of those that are still closed.
    for one in page.locator("main details:not([open]) > summary").element_handles():
        if one.is_visible():
            one.click()


def _a_year_off(page: Page) -> None:
    """From the month's day on, so that there is something to call off; in the browser's own words for a day."""
    today = datetime.fromisoformat(NOW).date()
    days = {"first_on": today.isoformat(), "last_on": (today + timedelta(days=360)).isoformat()}
    _sending("See what would be called off", **days, reason=WORDS)(page)


# ---------------------------------------------------------------- the pages

_SIGN_UP = {"email": "nora@example.org", "name": "Nora Newcomer", "password1": "a long enough phrase"}
OF_STRANGERS = (
    Stop(name="home", at="/"),
    Stop(name="demo", at="/demo/", then=_unfold),
    Stop(name="demo_clock", at="/demo/clock/"),
    Stop(name="demo_mail", at="/demo/mail/"),
    Stop(name="demo_mail_one", at="/demo/mail/{mail}/"),
    Stop(name="components", at="/operator/components/"),
    Stop(name="help", at="/help/"),
    Stop(name="legal", at="/legal/"),
    Stop(name="public_expert", at="/experts/corporate-finance/{petr}/"),
    Stop(name="help_page", at="/help/user/"),
    Stop(name="help_page", at="/help/expert/", state="expert"),
    Stop(name="help_page", at="/help/operator/", state="operator"),
    Stop(name="account_login", at="/accounts/login/"),
    Stop(
        name="account_login",
        at="/accounts/login/",
        state="wrong",
        then=_sending("Log in", login=JANA, password="not this one"),
    ),
    Stop(name="account_request_login_code", at="/accounts/login/code/"),
    Stop(
        name="account_request_login_code",
        at="/accounts/login/code/",
        state="wrong",
        then=_sending("Send the code", email="no"),
    ),
    Stop(
        name="account_confirm_login_code",
        at="/accounts/login/code/",
        then=_sending("Send the code", email="nobody@example.org"),
    ),
    Stop(
        name="account_confirm_login_code",
        at="/accounts/login/code/typed/",
        state="wrong",
        then=_sending("Log in", code="ABC123"),
    ),
    Stop(name="socialaccount_login_cancelled", at="/accounts/services/cancelled/"),
    Stop(name="socialaccount_login_error", at="/accounts/services/failed/", answer=401),
    Stop(name="dummy_login", at="/accounts/trial/"),
    Stop(name="dummy_authenticate", at="/accounts/trial/", then=lambda page: _press(page, "Go on")),
    Stop(name="account_signup", at="/accounts/signup/"),
    Stop(name="account_signup_by_passkey", at="/accounts/signup/passkey/"),
    Stop(name="account_signup", at="/accounts/signup/", state="wrong", then=_sending("Make the account", email="no")),
    Stop(
        name="account_email_verification_sent",
        at="/accounts/signup/",
        then=_sending("Make the account", **_SIGN_UP),
    ),
    Stop(
        name="account_email_verification_sent",
        at="/accounts/confirm-email/",
        state="wrong",
        then=_sending("Confirm the address", code="ABC123"),
    ),
    Stop(name="account_inactive", at="/accounts/inactive/"),
    Stop(name="join", at="/join/{door}/"),
    Stop(name="account_reset_password", at="/accounts/password/reset/"),
    Stop(name="account_reset_password_done", at="/accounts/password/reset/done/"),
    Stop(name="account_reset_password_from_key", at="/accounts/password/reset/key/{reset}/"),
    Stop(
        name="account_reset_password_from_key",
        at="/accounts/password/reset/key/{reset}/",
        state="wrong",
        then=_sending("Use this password", password1="short"),
    ),
    Stop(name="account_reset_password_from_key", at="/accounts/password/reset/key/1-used-before/", state="used"),
    Stop(name="account_reset_password_from_key_done", at="/accounts/password/reset/key/done/"),
    Stop(name="unsubscribe", at="/unsubscribe/{leave}/"),
    Stop(
        name="unsubscribe",
        at="/unsubscribe/{leave}/",
        state="done",
        then=lambda page: _press(page, "Switch this mail off"),
    ),
    Stop(name="", at="/accounts/password/reset/", state="429", then=_again_and_again, answer=429),
    *(
        Stop(name="", at=f"/bare/{status}/", state=status, answer=int(status))
        for status in ("400", "413", "500", "503")
    ),
)
_FIELD = "/e/corporate-finance/"
_EXPERT = _FIELD + "experts/{petr}/"
_LATER = {"date": "17.03.2031", "time": "10:00", "message": WORDS}
OF_JANA = (
    Stop(name="cancel_period", at="/meetings/period/"),
    Stop(
        name="cancel_period",
        at="/meetings/period/",
        state="wrong",
        then=_sending("See what would be called off"),
        answer=422,
    ),
    Stop(name="cancel_period", at="/meetings/period/", state="shown", then=_a_year_off),
    Stop(name="home", at="/"),
    Stop(name="dashboard", at=_FIELD),
    Stop(name="skills", at=_FIELD + "skills/"),
    Stop(name="experts", at=_FIELD + "experts/"),
    Stop(name="experts", at=_FIELD + "experts/?q=zzz", state="none"),
    Stop(name="experts", at=_FIELD + "experts/?held=1&order=held&to=100", state="chosen"),
    Stop(name="experts", at=_FIELD + "experts/?from=cheap", state="wrong"),
    Stop(name="experts", at=_FIELD + "experts/?favourites=1", state="favourites"),
    Stop(name="expert", at=_EXPERT),
    Stop(name="propose", at=_EXPERT + "propose/", state="choose"),
    Stop(name="propose", at=_EXPERT + "propose/?service={service}"),
    Stop(
        name="propose",
        at=_EXPERT + "propose/?service={service}",
        state="wrong",
        then=_sending("Propose the meeting, block 25 credits", date="yesterday", message=WORDS),
        answer=422,
    ),
    Stop(
        name="propose",
        at=_EXPERT + "propose/?service={service}",
        state="stale",
        then=_meddling("Propose the meeting, block 25 credits", hidden="seen_price", value="2000", **_LATER),
        answer=409,
    ),
    Stop(name="meetings", at="/meetings/", then=_unfold),
    Stop(name="meetings", at="/meetings/?list=held", state="held"),
    Stop(name="meetings", at="/meetings/?list=all", state="all"),
    Stop(name="meeting", at="/meetings/{meeting}/"),
    *(
        Stop(name="meeting", at="{acts[" + act + "]}/../..", state=f"to-{act}")
        for act in ("evaluate", "join", "alternative_confirm", "withdraw")
    ),
    *(
        Stop(name="meeting_act", at="{acts[" + act.value + "]}", state=act.value)
        for act in Act
        if act not in (Act.PROPOSE, Act.SETTLE)
    ),
    Stop(
        name="meeting_act",
        at="{acts[cancel]}",
        state="cancel-wrong",
        then=lambda page: page.locator("main form.sheet button").first.click(),
        answer=422,
    ),
    Stop(
        name="meeting_act",
        at="{acts[cancel]}",
        state="cancel-stale",
        then=lambda page: (
            page.locator("main input[name=seen_fee]").evaluate("(one) => { one.value = '1'; }"),
            page.locator("main [name=reason]").fill(WORDS),
            page.locator("main form.sheet button").first.click(),
        )[0],
        answer=409,
    ),
    Stop(name="meeting_act", at="/meetings/{meeting}/confirm/", state="not-now", answer=409),
    Stop(
        name="meeting_act",
        at="{acts[reject]}",
        state="reject-wrong",
        then=lambda page: page.locator("main form.sheet button").first.click(),
        answer=422,
    ),
    Stop(name="meeting_link", at="{acts[join]}../link/"),
    Stop(name="room", at="{acts[join]}", then=lambda page: _press(page, "Join the meeting")),
    Stop(name="inbox", at="/inbox/"),
    Stop(name="chats", at="/chats/"),
    Stop(name="chat", at="/chats/{chat}/", then=_unfold),
    Stop(name="chat", at="/chats/{chat}/", state="wrong", then=_sending("Send", text=" "), answer=422),
    Stop(name="chat_begin", at="/chats/with/{margaret}/"),
    Stop(name="chat_report", at="/chats/{chat}/report/{message}/"),
    Stop(name="account", at="/account/"),
    Stop(name="account_blocks", at="/account/blocks/"),
    Stop(name="settings", at="/settings/"),
    Stop(name="settings", at="/settings/", state="wrong", then=_sending("Save settings", name=" "), answer=422),
    Stop(name="welcome", at="/welcome/"),
    Stop(name="profile", at="/settings/profile/"),
    *(Stop(name="profile_group", at=f"/settings/profile/{name}/", state=name) for name in ("work", "place", "billing")),
    Stop(
        name="profile_group",
        at="/settings/profile/work/",
        state="wrong",
        then=_sending("Save", linkedin="nobody"),
        answer=422,
    ),
    Stop(name="photo_settings", at="/settings/photo/"),
    Stop(
        name="photo_settings",
        at="/settings/photo/",
        state="wrong",
        then=lambda page: _press(page, "Use this picture"),
        answer=422,
    ),
    Stop(name="person", at="/people/{jana}/", state="myself"),
    Stop(name="person", at="/people/{petr}/"),
    Stop(name="notification_settings", at="/settings/notifications/"),
    Stop(name="calendar_settings", at="/settings/calendar/"),
    Stop(
        name="calendar_settings",
        at="/settings/calendar/",
        state="made",
        then=lambda page: _press(page, "Make a secret address"),
    ),
    Stop(name="account_logout", at="/accounts/logout/"),
    Stop(name="api_docs", at="/api/v1/docs"),
    Stop(name="account_reauthenticate", at="/accounts/reauthenticate/"),
    Stop(
        name="account_change_password",
        at="/accounts/reauthenticate/?next=/accounts/password/change/",
        then=_sending("Go on", password=PASSWORD),
    ),
    Stop(name="tokens", at="/settings/tokens/"),
    Stop(name="mfa_index", at="/settings/security/"),
    Stop(name="socialaccount_connections", at="/settings/security/services/"),
    Stop(name="mfa_activate_totp", at="/settings/security/app/"),
    Stop(
        name="mfa_activate_totp",
        at="/settings/security/app/",
        state="wrong",
        then=_sending("Use this app", code="12345x"),
    ),
    Stop(name="mfa_add_webauthn", at="/settings/security/passkeys/add/"),
    Stop(name="apply", at=_FIELD + "apply/"),
    Stop(name="apply", at=_FIELD + "apply/", state="wrong", then=_sending("Send the application"), answer=422),
    Stop(
        name="apply",
        at=_FIELD + "apply/",
        state="sent",
        then=lambda page: (
            page.locator("main input[type=checkbox]").first.check(),
            page.locator("main #id_agreed").check(),
            _sending("Send the application", headline="Values", introduction=WORDS, services=WORDS)(page),
        )[2],
    ),
    Stop(name="my_data", at="/settings/data/"),
    Stop(name="leaving", at="/settings/leaving/", state="held"),
    Stop(name="webhooks", at="/settings/webhooks/"),
    Stop(
        name="webhooks",
        at="/settings/webhooks/",
        state="inside",
        then=_sending("Add the address", url="https://127.0.0.1/"),
        answer=422,
    ),
    Stop(
        name="tokens",
        at="/settings/tokens/",
        state="made",
        then=_choosing("Make the token", "read what I can read", name="My calendar"),
    ),
    Stop(name="account_email", at="/accounts/email/"),
    Stop(
        name="account_email_verification_sent",
        at="/accounts/email/",
        state="new-address",
        then=_sending("Send the code", email="jana.new@example.org"),
    ),
    Stop(name="account_email", at="/accounts/email/", state="waiting"),
    Stop(name="", at="/nothing-here/", state="404", answer=404),
    Stop(name="", at="/inbox/read/", state="405", answer=405),
    Stop(
        name="",
        at="{acts[reject]}",
        state="403-csrf",
        then=_meddling("Reject the meeting", hidden="csrfmiddlewaretoken", value="x", message=WORDS),
        answer=403,
    ),
)
OF_PETR = (
    Stop(name="own_times", at="/settings/times/"),
    Stop(name="own_times", at="/settings/times/", state="wrong", then=_sending("Add the holiday"), answer=422),
    Stop(name="offer", at="/settings/offer/"),
    Stop(name="banner_settings", at="/settings/photo/banner/"),
    Stop(
        name="banner_settings",
        at="/settings/photo/banner/",
        state="wrong",
        then=lambda page: _press(page, "Use this picture"),
        answer=422,
    ),
    Stop(name="offer_about", at="/settings/offer/corporate-finance/", then=_unfold),
    Stop(name="offer_service_new", at="/settings/offer/corporate-finance/services/new/"),
    Stop(
        name="offer_service_new",
        at="/settings/offer/corporate-finance/services/new/",
        state="wrong",
        then=_sending("Offer the service", minutes="an hour"),
        answer=422,
    ),
    Stop(name="offer_service", at="/settings/offer/corporate-finance/services/{service}/"),
    Stop(
        name="offer_service",
        at="/settings/offer/corporate-finance/services/{service}/",
        state="stale",
        then=_meddling("Save the service", hidden="seen", value="x"),
        answer=409,
    ),
    Stop(name="home", at="/"),
    Stop(name="join", at="/join/{door}/", state="of-another", answer=403),
    Stop(name="propose_to", at="/people/{jana}/propose/"),
    Stop(name="expert", at=_EXPERT, state="myself"),
    Stop(name="review_reply", at=_EXPERT + "reviews/{review}/"),
    Stop(name="meetings", at="/meetings/", then=_unfold),
    Stop(name="inbox", at="/inbox/"),
    Stop(name="account", at="/account/"),
    Stop(name="chat_settings", at="/settings/chats/"),
    Stop(
        name="chat",
        at="/chats/{chat}/",
        state="blocked",
        then=lambda page: (_unfold(page), _press(page, "Block Jana Nováková"))[0],
    ),
)
OF_NEWCOMERS = (
    Stop(name="home", at="/"),
    Stop(name="dashboard", at=_FIELD),
    Stop(name="meetings", at="/meetings/"),
    Stop(name="chats", at="/chats/", state="empty"),
    Stop(name="inbox", at="/inbox/"),
    Stop(name="account", at="/account/"),
    Stop(name="account_blocks", at="/account/blocks/"),
    Stop(name="calendar_settings", at="/settings/calendar/"),
    Stop(name="experts", at=_FIELD + "experts/?favourites=1", state="no-favourites"),
    Stop(name="profile", at="/settings/profile/", state="empty"),
    Stop(name="own_times", at="/settings/times/", state="no-expert"),
    Stop(name="offer", at="/settings/offer/", state="no-expert"),
    Stop(
        name="my_data",
        at="/accounts/reauthenticate/?next=/settings/data/",
        then=_sending("Go on", password=PASSWORD),
    ),
    Stop(name="leaving", at="/settings/leaving/"),
    Stop(
        name="leaving",
        at="/settings/leaving/",
        state="wrong",
        then=lambda page: _press(page, "Leave and remove who I am"),
        answer=422,
    ),
)
_PERSON = "/operator/people/{jana}/"
_EXPERTISE = "/operator/expertises/corporate-finance/"
OF_OPERATORS = (
    Stop(name="operator", at="/operator/"),
    Stop(name="operator_legal", at="/operator/legal/"),
    Stop(name="operator_legal_text", at="/operator/legal/terms/"),
    Stop(
        name="operator_legal_text",
        at="/operator/legal/terms/",
        state="shown",
        then=_sending("See how it looks", text="## Who may take part\n\nEverybody who is of age.\n\n- One\n- Two"),
    ),
    Stop(name="operator_audit", at="/operator/audit/"),
    Stop(name="operator_video", at="/operator/video/"),
    Stop(
        name="operator_audit",
        at="/operator/audit/",
        state="done",
        then=lambda page: _press(page, "Audit the books now"),
    ),
    Stop(name="disputes", at="/operator/disputes/"),
    Stop(name="settle", at="/operator/disputes/{dispute}/"),
    Stop(
        name="settle",
        at="/operator/disputes/{dispute}/",
        state="wrong",
        then=_choosing("Go on: see what it brings about", "It went smoothly", fee=TOO_MUCH, note=WORDS),
        answer=422,
    ),
    Stop(
        name="settle",
        at="/operator/disputes/{dispute}/",
        state="shown",
        then=_choosing("Go on: see what it brings about", "It went smoothly", fee="5", note=WORDS),
    ),
    Stop(name="meeting", at="/meetings/{dispute}/", state="disputed"),
    Stop(name="operator_meetings", at="/operator/meetings/"),
    Stop(name="operator_people", at="/operator/people/"),
    Stop(name="operator_person", at=_PERSON),
    Stop(name="operator_movements", at=_PERSON + "movements/"),
    Stop(name="operator_told", at=_PERSON + "notices/"),
    Stop(name="operator_grant", at=_PERSON + "grant/"),
    Stop(
        name="operator_grant",
        at=_PERSON + "grant/",
        state="wrong",
        then=_sending("Go on: see what it brings about", amount="x"),
        answer=422,
    ),
    Stop(
        name="operator_grant",
        at=_PERSON + "grant/",
        state="shown",
        then=_sending("Go on: see what it brings about", amount="25", reason=WORDS),
    ),
    Stop(name="operator_signing_in", at=_PERSON + "signing-in/"),
    Stop(name="operator_expertises", at="/operator/expertises/"),
    Stop(name="operator_expertise", at=_EXPERTISE),
    Stop(name="operator_policy", at=_EXPERTISE + "policy/"),
    Stop(
        name="operator_policy",
        at=_EXPERTISE + "policy/",
        state="wrong",
        then=_sending("Save the policy", late_fee_percent="300"),
        answer=422,
    ),
    Stop(
        name="operator_policy",
        at=_EXPERTISE + "policy/",
        state="stale",
        then=_meddling("Save the policy", hidden="seen", value="{}", late_fee_percent="30"),
        answer=409,
    ),
    Stop(name="operator_texts", at=_EXPERTISE + "texts/"),
    Stop(name="operator_skill_new", at=_EXPERTISE + "skills/new/"),
    Stop(name="operator_skill", at=_EXPERTISE + "skills/{skill}/"),
    Stop(name="operator_experts", at=_EXPERTISE + "experts/"),
    Stop(name="operator_reasons", at="/operator/reasons/"),
    Stop(name="operator_reason_new", at="/operator/reasons/new/"),
    Stop(name="operator_reason", at="/operator/reasons/{reason}/"),
    Stop(name="operator_applications", at="/operator/applications/"),
    Stop(name="operator_application", at="/operator/applications/1/"),
    Stop(
        name="operator_application",
        at="/operator/applications/1/",
        state="wrong",
        then=lambda page: _press(page, "Decide"),
        answer=422,
    ),
    Stop(name="operator_credits", at="/operator/credits/"),
    Stop(name="operator_notices", at="/operator/notices/"),
    Stop(name="operator_reviews", at="/operator/reviews/"),
    Stop(name="operator_reports", at="/operator/reports/"),
    Stop(name="operator_reports", at="/operator/reports/?list=settled", state="none"),
    Stop(name="operator_report", at="/operator/reports/{report}/"),
    Stop(
        name="operator_report",
        at="/operator/reports/{report}/",
        state="wrong",
        then=lambda page: page.locator("main form.sheet button").first.click(),
        answer=422,
    ),
    Stop(name="operator_review_hide", at="/operator/reviews/{review}/hide/"),
    Stop(
        name="operator_review_hide",
        at="/operator/reviews/{review}/hide/",
        state="wrong",
        then=lambda page: _press(page, "Hide the text"),
        answer=422,
    ),
    Stop(name="demo_clock", at="/demo/clock/"),
)
TOUR = {STRANGER: OF_STRANGERS, JANA: OF_JANA, PETR: OF_PETR, NEWCOMER: OF_NEWCOMERS, OPERATOR: OF_OPERATORS}
