"""The addresses of signing in: exactly the ones we have drawn, each with our layout, headers and one heading."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import allauth
import pytest
from allauth.account import urls as everything_of_allauth
from allauth.mfa import urls as everything_of_factors
from allauth.socialaccount import urls as everything_of_services
from django.template.loader import get_template
from django.urls import NoReverseMatch, URLResolver, reverse

from expertim.people import urls
from expertim.people.actions import create_person
from tests.people.visiting import PASSWORD, sign_up_fields, some_email, visitor

pytestmark = pytest.mark.usefixtures("database")

STRANGERS = {
    "choose_language": (302, "/"),
    "account_login": (200, "Log in"),
    "account_signup": (200, "Make an account"),
    "account_signup_by_passkey": (200, "Make an account with a passkey"),
    "mfa_signup_webauthn": (302, "/accounts/signup/"),
    "account_inactive": (200, "This account is closed"),
    "account_reset_password": (200, "Forgot your password?"),
    "account_reset_password_done": (200, "Look into your mail"),
    "account_reset_password_from_key_done": (200, "Your password has been changed"),
    "account_reset_password_from_key": (200, "This link does not work any more"),
    "account_logout": (302, "/"),
    "account_reauthenticate": (302, "/accounts/login/"),
    "account_request_login_code": (200, "Log in with a code"),
    "account_confirm_login_code": (302, "/accounts/login/code/"),
    "account_email": (302, "/accounts/login/"),
    "account_email_verification_sent": (302, "/accounts/login/"),
    "account_change_password": (302, "/accounts/login/"),
    "account_set_password": (302, "/accounts/login/"),
    "device_zone": (302, "/accounts/login/"),
    "tokens": (302, "/accounts/login/"),
    "mfa_index": (302, "/accounts/login/"),
    "end_session": (302, "/accounts/login/"),
    "mfa_activate_totp": (302, "/accounts/login/"),
    "mfa_deactivate_totp": (302, "/accounts/login/"),
    "mfa_view_recovery_codes": (302, "/accounts/login/"),
    "mfa_generate_recovery_codes": (302, "/accounts/login/"),
    "mfa_download_recovery_codes": (302, "/accounts/login/"),
    "mfa_add_webauthn": (302, "/accounts/login/"),
    "mfa_edit_webauthn": (302, "/accounts/login/"),
    "mfa_remove_webauthn": (302, "/accounts/login/"),
    "mfa_authenticate": (302, "/accounts/login/"),
    "mfa_reauthenticate": (302, "/accounts/login/"),
    "mfa_reauthenticate_webauthn": (302, "/accounts/login/"),
    "mfa_login_webauthn": (302, "/accounts/login/"),
    "openid_connect_login": (404, ""),
    "openid_connect_callback": (404, ""),
    "socialaccount_signup": (302, "/accounts/login/"),
    "socialaccount_login_cancelled": (200, "Not signed in"),
    "socialaccount_login_error": (401, "The other service did not answer as it should"),
    "socialaccount_connections": (302, "/accounts/login/"),
    "dummy_login": (200, "Go on at another service?"),
    "dummy_authenticate": (403, ""),
}
SIGNED_IN = {
    "choose_language": (302, "/"),
    "account_login": (302, "/"),
    "account_signup": (302, "/"),
    "account_inactive": (200, "This account is closed"),
    "account_reset_password": (200, "Forgot your password?"),
    "account_reset_password_done": (200, "Look into your mail"),
    "account_reset_password_from_key_done": (200, "Your password has been changed"),
    "account_reset_password_from_key": (200, "This link does not work any more"),
    "account_signup_by_passkey": (302, "/"),
    "mfa_signup_webauthn": (302, "/"),
    "account_logout": (200, "Log out"),
    "account_reauthenticate": (200, "Your password, once more"),
    "account_request_login_code": (302, "/"),
    "account_confirm_login_code": (302, "/"),
    "account_email": (200, "Your e‑mail addresses"),
    "account_email_verification_sent": (302, "/accounts/email/"),
    "account_change_password": (200, "Change the password"),
    "account_set_password": (302, "/accounts/password/change/"),
    "device_zone": (405, ""),
    "tokens": (302, "/accounts/reauthenticate/"),
    "mfa_index": (200, "Security"),
    "end_session": (405, ""),
    "mfa_activate_totp": (302, "/accounts/reauthenticate/"),
    "mfa_deactivate_totp": (404, ""),
    "mfa_view_recovery_codes": (404, ""),
    "mfa_generate_recovery_codes": (302, "/accounts/reauthenticate/"),
    "mfa_download_recovery_codes": (404, ""),
    "mfa_add_webauthn": (302, "/accounts/reauthenticate/"),
    "mfa_edit_webauthn": (302, "/accounts/reauthenticate/"),
    "mfa_remove_webauthn": (302, "/accounts/reauthenticate/"),
    "mfa_authenticate": (302, "/"),
    "mfa_reauthenticate": (302, "/accounts/reauthenticate/"),
    "mfa_reauthenticate_webauthn": (302, "/accounts/reauthenticate/"),
    "mfa_login_webauthn": (302, "/"),
    "openid_connect_login": (404, ""),
    "openid_connect_callback": (404, ""),
    "socialaccount_signup": (302, "/accounts/login/"),
    "socialaccount_login_cancelled": (200, "Not signed in"),
    "socialaccount_login_error": (401, "The other service did not answer as it should"),
    "socialaccount_connections": (200, "Other services"),
    "dummy_login": (200, "Go on at another service?"),
    "dummy_authenticate": (403, ""),
}
ARGUMENTS = {
    "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
    "mfa_edit_webauthn": {"pk": 1},
    "mfa_remove_webauthn": {"pk": 1},
    "openid_connect_login": {"provider_id": "google"},
    "openid_connect_callback": {"provider_id": "google"},
    "choose_language": {"code": "de"},
}


def test_every_address_is_walked() -> None:
    names = {pattern.name for pattern in urls.urlpatterns}
    assert names == set(STRANGERS) == set(SIGNED_IN)


@pytest.mark.parametrize("name", STRANGERS)
def test_page_for_strangers(name: str) -> None:
    _walk(visitor().get(reverse(name, kwargs=ARGUMENTS.get(name))), STRANGERS[name])


@pytest.mark.parametrize("name", SIGNED_IN)
def test_page_for_the_signed_in(name: str) -> None:
    client = visitor()
    client.force_login(create_person(email=some_email(), name="Alice", password=PASSWORD))
    _walk(client.get(reverse(name, kwargs=ARGUMENTS.get(name))), SIGNED_IN[name])


def test_setting_a_first_password_has_a_page_of_ours() -> None:
    client = visitor()
    client.force_login(create_person(email=some_email(), name="Alice"))
    _walk(client.get("/accounts/password/set/"), (200, "Set a password"))


def test_the_code_page_is_ours_too() -> None:
    client = visitor()
    client.post("/accounts/signup/", sign_up_fields(some_email()))
    _walk(client.get("/accounts/confirm-email/"), (200, "Type the code from your mail"))


def test_too_many_attempts_get_a_page_of_ours() -> None:
    client = visitor()
    for _ in range(20):
        client.post("/accounts/signup/", {"email": "x"})
    _walk(client.post("/accounts/signup/", {"email": "x"}), (429, "Too many attempts"))


def test_what_we_have_not_drawn_has_no_address() -> None:
    for name in _names(everything_of_allauth, everything_of_factors, everything_of_services):
        if name not in STRANGERS:
            for arguments in ((), (1,)):
                with pytest.raises(NoReverseMatch):
                    reverse(name, args=arguments)
    for path in ("/accounts/phone/change/", "/accounts/2fa/", "/accounts/password/reset/confirm/"):
        assert visitor().get(path).status_code in (302, 404)


def test_every_page_and_every_mail_of_theirs_is_drawn_by_us() -> None:
    """Also those that are reached only on the way, with a code in hand."""
    pages = {getattr(getattr(one.callback, "view_class", None), "template_name", None) for one in urls.urlpatterns}
    of_theirs = Path(allauth.__file__).parent / "templates"
    mails = {
        str(file.relative_to(of_theirs))
        for room in ("mfa", "socialaccount")
        for file in of_theirs.glob(f"{room}/*/*.txt")
    }
    assert len(pages) > 20
    assert len(mails) > 15
    for name in (pages | mails) - {None}:
        assert get_template(name).backend.name == "pages", name


def _names(*tables: Any) -> list[str]:
    """The names of all addresses in these, also in the tables that they include."""
    found = []
    for table in tables:
        for one in table.urlpatterns:
            if isinstance(one, URLResolver):
                found += _names(SimpleNamespace(urlpatterns=one.url_patterns))
            else:
                found.append(str(one.name))
    return found


def _walk(answer: object, expected: tuple[int, str]) -> None:
    status, words = expected
    assert answer.status_code == status  # type: ignore[attr-defined]
    if status in (403, 404, 405):
        return
    if status == 302:
        assert answer["Location"].partition("?")[0] == words  # type: ignore[index]
        return
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert f"<h1>{words}</h1>" in page
    assert page.count("<h1>") == 1
    assert 'class="skip"' in page
    assert 'role="status"' in page
    assert "style=" not in page
    assert "default-src 'none'" in answer["Content-Security-Policy"]  # type: ignore[index]
