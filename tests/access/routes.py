"""The access matrix: every address of the product, a line each, with what each role is answered.

A status for each of ROLES, in their order: anonymous, user, expert, other, operator, operator who is a party. `in`
leads to the log-in. A number alone is everybody's who has signed in. A new address without a line here fails the
build; what an act of a meeting answers depends on its state too and stands in scenes.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

OPERATORS = "in 404 404 404 {0} {0}"
PUBLIC = "{0} {0} {0} {0} {0} {0}"
SIGNED_IN = "in {0} {0} {0} {0} {0}"
NO_POST = "in 405 405 405 405 405"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    args: tuple[str, ...] = ()  # names of what stands in the address; see the test's `values`
    get: str
    post: str
    sent: dict[str, str] = field(default_factory=dict)  # with the POST; chosen so that nothing much happens


def of_operators(*args: str, get: str = "200", post: str = "404", **sent: str) -> Route:
    return Route(args=args, get=OPERATORS.format(get), post=OPERATORS.format(post), sent=sent)


def signed_in(*args: str, get: str = "200", post: str = "405", **sent: str) -> Route:
    return Route(args=args, get=SIGNED_IN.format(get), post=SIGNED_IN.format(post), sent=sent)


def public(*args: str, get: str = "200", post: str = "405", **sent: str) -> Route:
    return Route(args=args, get=PUBLIC.format(get), post=PUBLIC.format(post), sent=sent)


def programs(*args: str, get: str = "200 200 200 200 200", post: str = "405") -> Route:
    """The API: it asks for a token or a session itself, and what is posted must be JSON."""
    stranger = "405" if post == "405" else "401"
    return Route(
        args=args,
        get="405 405 405 405 405 405" if get == "405" else f"401 {get}",
        post=" ".join([stranger, *[post] * 5]),
    )


def account(*args: str, get: str, post: str) -> Route:
    """allauth's pages: first as a stranger gets them, then as everybody who is signed in."""
    (stranger_get, others_get), (stranger_post, others_post) = get.split(), post.split()
    return Route(
        args=args, get=" ".join([stranger_get, *[others_get] * 5]), post=" ".join([stranger_post, *[others_post] * 5])
    )


ROUTES = {
    # -------- for everybody, and why
    "home": public(),  # says what this place is
    "help": public(),  # how the place works
    "choose_language": public("language", get="302"),  # which language strangers are spoken to in
    "help_page": public("manual"),
    "legal": public(),  # who signs up has to be able to read it first
    "legal_text": public("legal kind", get="404"),  # not written in a test
    "healthz": public(),  # for whoever watches the installation: well or not
    "readyz": public(get="503"),  # no worker is at work in a test
    "robots": public(),
    "sitemap": public(),
    # An expert's page for visitors: this one is not open to them, so it is as absent as one that was never there.
    "public_expert": Route(args=("slug", "expert"), get="404 302 302 302 302 302", post=PUBLIC.format(405)),
    "favicon": public(get="302"),
    "unsubscribe": public("leave token", post="200"),  # the signed token of a mail is the key, for one kind
    "calendar_feed": public("feed secret"),  # calendar programs do not sign in: the secret address is the key
    "join": public("link", get="404", post="404"),  # the personal link is the key; this one opens nothing
    # The token of a seat, in the body, is the key: without one it is as absent to a party as to anybody.
    "room_exchange": public("meeting", get="405", post="404"),
    "room_pass": public("meeting", get="405", post="404"),
    # A platform's seal over what it sends is the key. Where the platform is not set up, nothing is there.
    "video_events": public("slug", get="405", post="404"),
    "video_events_below": public("slug", "manual", get="405", post="404"),
    # -------- in a movable installation only
    "demo": public(post="404"),
    "demo_clock": public(post="302", by="never"),
    "demo_mail": public(),
    "demo_mail_one": public("mail"),
    "demo_mail_html": public("mail", get="404"),  # this one has text only
    "components": public(),
    # -------- signing in
    "account_login": account(get="200 302", post="200 302"),
    "account_signup_by_passkey": account(get="200 302", post="200 302"),
    "mfa_signup_webauthn": account(get="302 302", post="302 302"),  # only between the code and being signed in
    "account_request_login_code": account(get="200 302", post="200 302"),
    "account_confirm_login_code": account(get="302 302", post="302 302"),  # only once a code has been asked for
    "account_logout": account(get="302 200", post="302 302"),
    "account_signup": account(get="200 302", post="200 302"),
    "account_inactive": account(get="200 200", post="405 405"),
    "account_email_verification_sent": account(get="302 302", post="302 302"),
    "account_reset_password": account(get="200 200", post="200 200"),
    "account_reset_password_done": account(get="200 200", post="405 405"),
    "account_reset_password_from_key": account("uid", "reset key", get="200 200", post="200 200"),
    "account_reset_password_from_key_done": account(get="200 200", post="405 405"),
    "account_reauthenticate": signed_in(post="200"),
    "account_email": signed_in(post="302"),
    "account_change_password": signed_in(post="200"),
    "account_set_password": signed_in(get="302", post="302"),
    "mfa_authenticate": account(get="302 302", post="302 302"),  # only between the password and being signed in
    "mfa_login_webauthn": account(get="302 302", post="302 302"),
    "mfa_reauthenticate": signed_in(get="302", post="302"),  # by password, where one has nothing else
    "mfa_reauthenticate_webauthn": signed_in(get="302", post="302"),
    "openid_connect_login": public("provider", get="404", post="404"),  # no keys of theirs in a test
    "openid_connect_callback": public("provider", get="404"),
    "socialaccount_signup": public(get="302", post="302"),  # only between the service and having an account
    "socialaccount_login_cancelled": public(),
    "socialaccount_login_error": public(get="401"),
    "dummy_login": public(post="302"),
    "dummy_authenticate": public(get="403", post="403"),
    # -------- the second factor; the password first
    "socialaccount_connections": signed_in(post="200"),
    "mfa_index": signed_in(),
    "end_session": signed_in(get="405", post="302"),
    "mfa_activate_totp": signed_in(get="302", post="302"),
    "mfa_deactivate_totp": signed_in(get="404", post="404"),
    "mfa_view_recovery_codes": signed_in(get="404"),
    "mfa_generate_recovery_codes": signed_in(get="302", post="302"),
    "mfa_download_recovery_codes": signed_in(get="404"),
    "mfa_add_webauthn": signed_in(get="302", post="302"),
    "mfa_edit_webauthn": signed_in("passkey", get="302", post="302"),
    "mfa_remove_webauthn": signed_in("passkey", get="302", post="302"),
    # -------- one's own
    "dashboard": signed_in("slug"),
    "skills": signed_in("slug", post="302"),
    "experts": signed_in("slug"),
    "expert": signed_in("slug", "expert"),
    "review_reply": Route(
        args=("slug", "expert", "review"), get="in 404 200 404 404 404", post="in 404 422 404 404 404"
    ),
    "expert_visible": Route(args=("slug",), get=NO_POST, post="in 404 302 404 404 404"),
    "expert_favourite": signed_in("slug", "expert", get="405", post="302"),
    "account": signed_in(),
    "account_blocks": signed_in(),
    "inbox": signed_in(),
    "unread": signed_in(get="302"),
    "inbox_read": signed_in(get="405", post="302"),
    "notice": Route(args=("notice",), get=SIGNED_IN.format(302), post="in 302 404 404 404 404"),
    "settings": signed_in(post="422"),
    "welcome": signed_in(post="302"),
    "apply": signed_in("slug", post="422"),
    "operator_applications": of_operators(post="405"),
    # the last is the applicant: another operator has to decide
    "operator_application": Route(args=("application",), get=OPERATORS.format(200), post="in 404 404 404 422 409"),
    "my_data": signed_in(get="302"),  # the password first
    "export": signed_in(get="405", post="302"),
    "leaving": signed_in(get="302", post="302"),
    "hint_off": signed_in(get="405", post="302"),
    "profile": signed_in(),
    "profile_group": signed_in("group", post="302"),
    "photo_settings": signed_in(post="422"),
    "banner_settings": Route(get="in 404 200 404 404 404", post="in 404 422 404 404 404"),
    "banner": public("user", "version", get="404"),
    "photo": public("user", "version", "pixels", get="404"),  # its version, which nobody guesses, is the key
    "person": Route(args=("user",), get="in 200 200 404 404 404", post=NO_POST),  # those who have a meeting together
    "legal_agree": signed_in(get="302", post="302"),  # on, where nothing is owed
    "device_zone": signed_in(get="405", post="302"),
    "notification_settings": signed_in(post="422", begins="25:61", ends="7:00"),
    "tokens": signed_in(get="302", post="302"),  # the password first
    "webhooks": signed_in(get="302", post="302"),
    "webhook": signed_in("slug", get="302", post="302"),
    "operator_webhooks": of_operators(get="302", post="302"),
    "operator_webhook": of_operators("slug", get="302", post="302"),
    "device_add": signed_in(get="405", post="404"),  # no devices are pushed to in a test
    "device_remove": signed_in("notice", get="405", post="404"),
    "push_worker": public(get="404"),  # the same for everybody, only where devices are pushed to
    "calendar_settings": signed_in(post="302", do="revoke"),
    "own_times": Route(
        get=SIGNED_IN.format(200), post="in 200 302 200 200 200"
    ),  # there is something to set for experts
    "offer": signed_in(),  # there is something to keep for experts
    "offer_about": Route(args=("slug",), get="in 404 200 404 404 404", post="in 404 302 404 404 404"),
    "offer_service_new": Route(args=("slug",), get="in 404 200 404 404 404", post="in 404 422 404 404 404"),
    "offer_service": Route(args=("slug", "service"), get="in 404 200 404 404 404", post="in 404 422 404 404 404"),
    # -------- for programs; whose meetings they may act on stands in tests/api
    "api_document": public(),  # describes the API, and nobody
    "api_docs": public(),
    "api_root": public(get="404", post="404"),
    "api_nowhere": public("manual", get="404", post="404"),
    "api_me": programs(),
    "api_me_movements": programs(),
    "api_me_blocked": programs(),
    "api_me_notices": programs(),
    "api_expertises": programs(),
    "api_expertises_slug": programs("slug"),
    "api_expertises_slug_experts": programs("slug"),
    "api_expertises_slug_experts_id": programs("slug", "expert"),
    "api_expertises_slug_dashboard": programs("slug"),
    "api_meetings": programs(post="415"),
    "api_meetings_id": programs("meeting", get="200 200 404 404 200"),
    "api_meetings_id_timeline": programs("meeting", get="200 200 404 404 200"),
    "api_meetings_id_confirm": programs("meeting", get="405", post="415"),
    "api_meetings_id_reject": programs("meeting", get="405", post="415"),
    "api_meetings_id_withdraw": programs("meeting", get="405", post="415"),
    "api_meetings_id_cancel": programs("meeting", get="405", post="415"),
    "api_meetings_id_reschedule": programs("meeting", get="405", post="415"),
    "api_meetings_id_alternative_confirm": programs("meeting", get="405", post="415"),
    "api_meetings_id_alternative_reject": programs("meeting", get="405", post="415"),
    "api_meetings_id_alternative_withdraw": programs("meeting", get="405", post="415"),
    "api_meetings_id_evaluate": programs("meeting", get="405", post="415"),
    "api_meetings_id_join": programs("meeting", get="405", post="415"),
    # -------- meetings; their acts stand in scenes.py
    "meetings": signed_in(),
    "cancel_period": signed_in(post="422"),
    "meeting": Route(args=("meeting",), get="in 200 200 404 200 200", post=NO_POST),
    "meeting_act": Route(args=("meeting", "act"), get="in 200 409 404 409 200", post="in 409 409 404 409 409"),
    # Whoever has not pressed Join is led to the door, or to the log-in.
    "room": Route(args=("meeting",), get="in 303 303 404 404 303", post=PUBLIC.format(405)),
    "meeting_link": Route(args=("meeting",), get="in 404 404 404 404 404", post="in 404 404 404 404 404"),  # not agreed
    "propose": signed_in("slug", "expert", post="422"),
    "propose_to": Route(args=("user",), get="in 404 200 404 404 404", post="in 404 422 404 404 404"),
    "disputes": Route(get=OPERATORS.format(200), post=NO_POST),
    "settle": of_operators("disputed", post="422"),
    # -------- chats: between the world's user and expert, and nobody else's
    "chats": signed_in(),
    "chat_begin": Route(args=("expert",), get="in 302 404 404 404 302", post="in 302 404 404 404 302"),
    "chat": Route(args=("chat",), get="in 200 200 404 404 200", post="in 422 422 404 404 422"),
    "chat_news": signed_in("chat", get="302"),
    "chat_read": Route(args=("chat",), get=NO_POST, post="in 302 302 404 404 302"),
    "chat_block": Route(args=("chat",), get=NO_POST, post="in 302 302 404 404 302", sent={"do": "unblock"}),
    # by the expert, so it is the user's to report
    "chat_report": Route(args=("chat", "message"), get="in 200 404 404 404 200", post="in 422 404 404 404 422"),
    "chat_settings": Route(get="in 404 200 404 404 404", post="in 404 302 404 404 404"),
    # -------- the operator's
    "operator_reports": of_operators(post="405"),
    "operator_report": of_operators("report", post="422"),
    "operator": of_operators(post="405"),
    "operator_legal": of_operators(post="405"),
    "operator_legal_text": of_operators("legal kind", post="422"),
    "operator_audit": of_operators(post="200"),
    "operator_video": of_operators(post="405"),
    "operator_worker_release": of_operators(get="405", post="303"),
    "operator_people": of_operators(post="405"),
    "operator_person": of_operators("user", post="405"),
    "operator_movements": of_operators("user", post="405"),
    "operator_told": of_operators("user", post="405"),
    "operator_grant": of_operators("user", post="422"),
    "operator_signing_in": of_operators("user", post="303", to="on"),
    "operator_meetings": of_operators(post="405"),
    "operator_expertises": of_operators(post="405"),
    "operator_expertise": of_operators("slug", post="405"),
    "operator_policy": of_operators("slug", post="422"),
    "operator_texts": of_operators("slug", post="422"),
    "operator_skill_new": of_operators("slug", post="422"),
    "operator_skill": of_operators("slug", "skill", post="422"),
    "operator_skill_up": of_operators("slug", "skill", get="405", post="303"),
    "operator_experts": of_operators("slug", post="405"),
    "operator_expert_listed": of_operators("slug", "place", get="405", post="303", to="on"),
    "operator_service_offered": of_operators("slug", "service", get="405", post="303", to="on"),
    "operator_reasons": of_operators(post="405"),
    "operator_reason_new": of_operators(post="422"),
    "operator_reason": of_operators("reason", post="422"),
    "operator_reason_offered": of_operators("reason", get="405", post="303", to="on"),
    "operator_reason_up": of_operators("reason", get="405", post="303"),
    "operator_credits": of_operators(post="405"),
    "operator_notices": of_operators(post="405"),
    "operator_notices_again": of_operators(get="405", post="303", row="9999999999999999999"),
    "operator_reviews": of_operators(post="405"),
    "operator_review_hide": of_operators("review", post="422"),
    "operator_review_show": of_operators("review", get="405", post="303"),
}

# The admin's models: what an operator may do there. Nothing can be deleted; to anybody else nothing is there.
ADMIN = {
    "meetings.meeting": "look",
    "credits.wallet": "look",
    "credits.posting": "look",
    "credits.block": "look",
    "notifications.notice": "look",
    "outbox.row": "look",
    "outbox.heartbeat": "look",
    "expertise.expertise": "add change",
    "expertise.rejectreason": "add change",
    "expertise.expert": "add change",
    "reviews.review": "change",
    "reviews.reply": "change",
    "people.person": "change",
    "auth.group": "nothing",
}
ADMIN_ALONE = {
    "index",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "autocomplete",
    "jsi18n",
    "view_on_site",
    "app_list",
}

# Forms that are taken without a token of ours, and what proves them instead (A4).
WITHOUT_TOKEN = {
    "unsubscribe": "a mail program posts it without cookies (RFC 8058): the signed token in the address",
    "room_exchange": "the seat's token, in the body",
    "room_pass": "the seat's token, in the body",
    "video_events": "a platform's server posts it: its seal, over the raw body",
    "video_events_below": "a platform's server posts it: its seal, over the raw body",
}
