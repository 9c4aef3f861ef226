"""Signing in, and the zone of the device. Of allauth only the pages that we have drawn; it knows more."""

from allauth.account import views as allauth
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods

from expertim.people import services, views, views_addresses, views_language, views_security, views_tokens

# The framework's forms would take a PUT for a POST, and some of its pages anything at all.
_shown = require_http_methods(["GET", "HEAD"])
_shown_and_sent = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("language/<str:code>/", views_language.choose_language, name="choose_language"),
    path("settings/zone/", views.device_zone, name="device_zone"),
    path("settings/tokens/", views_tokens.tokens, name="tokens"),
    path("accounts/login/", services.may_lead_away(_shown_and_sent(allauth.login)), name="account_login"),
    path("accounts/logout/", _shown_and_sent(allauth.logout), name="account_logout"),
    path("accounts/signup/", services.may_lead_away(_shown_and_sent(allauth.signup)), name="account_signup"),
    path("accounts/signup/passkey/", _shown_and_sent(allauth.signup_by_passkey), name="account_signup_by_passkey"),
    path(
        "accounts/signup/passkey/make/",
        _shown_and_sent(login_not_required(views_security.FirstPasskeyView.as_view())),
        name="mfa_signup_webauthn",
    ),
    path("accounts/inactive/", _shown_and_sent(allauth.account_inactive), name="account_inactive"),
    path("accounts/reauthenticate/", _shown_and_sent(allauth.reauthenticate), name="account_reauthenticate"),
    path("accounts/login/code/", _shown_and_sent(allauth.request_login_code), name="account_request_login_code"),
    path("accounts/login/code/typed/", _shown_and_sent(allauth.confirm_login_code), name="account_confirm_login_code"),
    path("accounts/email/", _shown_and_sent(views_addresses.AddressesView.as_view()), name="account_email"),
    path(
        "accounts/confirm-email/",
        _shown_and_sent(allauth.email_verification_sent),
        name="account_email_verification_sent",
    ),
    path("accounts/password/change/", _shown_and_sent(allauth.password_change), name="account_change_password"),
    path("accounts/password/set/", _shown_and_sent(allauth.password_set), name="account_set_password"),
    path("accounts/password/reset/", _shown_and_sent(allauth.password_reset), name="account_reset_password"),
    path(
        "accounts/password/reset/done/",
        _shown_and_sent(allauth.password_reset_done),
        name="account_reset_password_done",
    ),
    path(
        "accounts/password/reset/key/done/",
        _shown_and_sent(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(  # a token has a dash of its own, so the first one ends the id
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        _shown_and_sent(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    # The second factor; allauth leads to these by its own names.
    path("settings/security/", views_security.security, name="mfa_index"),
    path("settings/security/sessions/", views_security.end_session, name="end_session"),
    path("settings/security/app/", _shown_and_sent(totp.activate_totp), name="mfa_activate_totp"),
    path("settings/security/app/remove/", _shown_and_sent(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("settings/security/codes/", _shown(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "settings/security/codes/new/",
        _shown_and_sent(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("settings/security/codes/file/", _shown(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("settings/security/passkeys/add/", _shown_and_sent(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "settings/security/passkeys/<int:pk>/",
        _shown_and_sent(views_security.EditPasskeyView.as_view()),
        name="mfa_edit_webauthn",
    ),
    path(
        "settings/security/passkeys/<int:pk>/remove/",
        _shown_and_sent(views_security.RemovePasskeyView.as_view()),
        name="mfa_remove_webauthn",
    ),
    path(
        "accounts/proof/",
        _shown_and_sent(login_not_required(views_security.AuthenticateView.as_view())),
        name="mfa_authenticate",
    ),
    path(
        "accounts/reauthenticate/code/",
        _shown_and_sent(views_security.ReauthenticateView.as_view()),
        name="mfa_reauthenticate",
    ),
    path(
        "accounts/reauthenticate/passkey/",
        _shown_and_sent(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("accounts/passkey/", _shown_and_sent(login_not_required(webauthn.login_webauthn)), name="mfa_login_webauthn"),
]
# By other services; allauth leads to these by its own names.
urlpatterns += [
    path("accounts/by/<slug:provider_id>/", _shown_and_sent(services.login), name="openid_connect_login"),
    path("accounts/by/<slug:provider_id>/callback/", _shown(services.callback), name="openid_connect_callback"),
    path("accounts/services/signup/", _shown_and_sent(social.signup), name="socialaccount_signup"),
    path("accounts/services/cancelled/", _shown(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("accounts/services/failed/", _shown(login_not_required(social.login_error)), name="socialaccount_login_error"),
    path(
        "settings/security/services/",
        services.may_lead_away(_shown_and_sent(views_security.ConnectionsView.as_view())),
        name="socialaccount_connections",
    ),
]
if settings.MOVABLE_CLOCK:
    from allauth.socialaccount.providers.dummy import views as trial

    from expertim.people.forms_services import TrialForm

    urlpatterns += [
        path("accounts/trial/", _shown_and_sent(trial.login), name="dummy_login"),
        path(
            "accounts/trial/there/",
            _shown_and_sent(login_not_required(trial.AuthenticateView.as_view(form_class=TrialForm))),
            name="dummy_authenticate",
        ),
    ]
