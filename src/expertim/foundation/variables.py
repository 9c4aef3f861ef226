"""Every environment variable the product reads, in one table; `docs/settings.md` is generated from it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environs import Env


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    name: str
    kind: str  # a parser of environs: str, int, bool, list, path
    default: str
    meaning: str


VARIABLES = (
    Variable(
        name="DATA_DIR",
        kind="path",
        default="var",
        meaning="Folder of the embedded database, the secret key and everything else that must outlive a restart.",
    ),
    Variable(name="HOST", kind="str", default="127.0.0.1", meaning="Address the web server listens on."),
    Variable(name="PORT", kind="int", default="8000", meaning="Port the web server listens on."),
    Variable(
        name="DATABASE_URL",
        kind="str",
        default="",
        meaning="PostgreSQL of your own, as the application's role. Unset: an embedded one in DATA_DIR.",
    ),
    Variable(
        name="DATABASE_OWNER_URL",
        kind="str",
        default="",
        meaning="The same database as the role that owns the tables; used by `migrate`. Unset: DATABASE_URL.",
    ),
    Variable(
        name="PUBLIC_URL",
        kind="str",
        default="",
        meaning="Address people reach the site at, e.g. https://meet.example.org. Unset: http://HOST:PORT.",
    ),
    Variable(
        name="ALLOWED_HOSTS",
        kind="list",
        default="",
        meaning="Further host names the site answers to, separated by commas.",
    ),
    Variable(name="SITE_NAME", kind="str", default="Expertim", meaning="What the site calls itself."),
    Variable(
        name="BRAND_DIR",
        kind="str",
        default="",
        meaning="Folder with brand.css, logo.svg and icon.svg in place of ours; see rebranding.md. "
        "Everything in it is served to everybody.",
    ),
    Variable(
        name="SECRET_KEY",
        kind="str",
        default="",
        meaning="Signs sessions and links. Unset: made on the first start and kept in DATA_DIR/secret_key.",
    ),
    Variable(
        name="LINK_KEY",
        kind="str",
        default="",
        meaning="Makes the personal links into meetings; a new one makes all links of before worthless. Unset: made on "
        "the first start and kept in DATA_DIR/link_key.",
    ),
    Variable(
        name="FACTOR_KEY",
        kind="str",
        default="",
        meaning="Encrypts the secrets of people's second factors; with another one no app and no recovery code is "
        "believed any more. Unset: made on the first start and kept in DATA_DIR/factor_key.",
    ),
    Variable(
        name="GOOGLE_CLIENT_ID",
        kind="str",
        default="",
        meaning="Lets people sign in by Google: the client id of your application there, whose redirect address is "
        "PUBLIC_URL/accounts/by/google/callback/. Unset, or without the secret: no such button.",
    ),
    Variable(name="GOOGLE_CLIENT_SECRET", kind="str", default="", meaning="The secret of that application."),
    Variable(
        name="LINKEDIN_CLIENT_ID",
        kind="str",
        default="",
        meaning="Lets people sign in by LinkedIn: the client id of your application there, whose redirect address is "
        "PUBLIC_URL/accounts/by/linkedin/callback/. Unset, or without the secret: no such button.",
    ),
    Variable(name="LINKEDIN_CLIENT_SECRET", kind="str", default="", meaning="The secret of that application."),
    Variable(
        name="VIDEO_PLATFORM",
        kind="str",
        default="builtin",
        meaning="Where the meetings take place that are agreed from now on: builtin is the room in our own pages.",
    ),
    Variable(
        name="LIVEKIT_URL",
        kind="str",
        default="",
        meaning="Where browsers reach your LiveKit, e.g. wss://livekit.example.org. Unset, with the three that follow: "
        "there is none.",
    ),
    Variable(
        name="LIVEKIT_PAGE",
        kind="str",
        default="",
        meaning="Page of your LiveKit Meet that takes liveKitUrl and token, e.g. https://meet.example.org/custom.",
    ),
    Variable(name="LIVEKIT_API_KEY", kind="str", default="", meaning="A key of LiveKit's `keys`."),
    Variable(name="LIVEKIT_API_SECRET", kind="str", default="", meaning="The secret of that key."),
    Variable(
        name="LIVEKIT_SERVER_URL",
        kind="str",
        default="",
        meaning="Where this server reaches LiveKit, if elsewhere, e.g. http://10.0.0.5:7880. Unset: LIVEKIT_URL.",
    ),
    Variable(
        name="BBB_URL",
        kind="str",
        default="",
        meaning="Your BigBlueButton as `bbb-conf --secret` shows it, e.g. https://bbb.example.org/bigbluebutton/. "
        "Unset, with BBB_SECRET: there is none.",
    ),
    Variable(name="BBB_SECRET", kind="str", default="", meaning="Its secret, from the same command."),
    Variable(
        name="BBB_CHECKSUM",
        kind="str",
        default="sha256",
        meaning="Hash that seals what we ask: sha1, sha256, sha384 or sha512, as the server allows.",
    ),
    Variable(
        name="BBB_SERVER_URL",
        kind="str",
        default="",
        meaning="Where this server reaches it, if elsewhere, e.g. http://10.0.0.6/bigbluebutton. Unset: BBB_URL.",
    ),
    Variable(
        name="JITSI_URL",
        kind="str",
        default="",
        meaning="Your Jitsi Meet, e.g. https://meet.example.org. Unset, with the two that follow: there is none.",
    ),
    Variable(name="JITSI_APP_ID", kind="str", default="", meaning="Its app_id, of Prosody's token authentication."),
    Variable(name="JITSI_APP_SECRET", kind="str", default="", meaning="Its app_secret."),
    Variable(
        name="JITSI_AUDIENCE",
        kind="str",
        default="jitsi",
        meaning="One of its asap_accepted_audiences.",
    ),
    Variable(
        name="JITSI_SUBJECT",
        kind="str",
        default="",
        meaning="Its domain or tenant, where Prosody verifies domains. Unset: the host of JITSI_URL.",
    ),
    Variable(
        name="JITSI_EVENTS_TOKEN",
        kind="str",
        default="",
        meaning="Token in event_sync's api_headers, as Authorization: Bearer …. Unset: nothing that it tells is "
        "believed, and nobody is seen in its rooms.",
    ),
    Variable(
        name="JITSI_END_URL",
        kind="str",
        default="",
        meaning="Where this server reaches Prosody's mod_muc_end_meeting, e.g. http://10.0.0.7:5280/end-meeting. "
        "Unset, with the two that follow: a cancellation throws nobody out.",
    ),
    Variable(
        name="JITSI_END_KEY",
        kind="str",
        default="",
        meaning="Path of the private RSA key (PEM) that mod_muc_end_meeting believes.",
    ),
    Variable(name="JITSI_END_KEY_ID", kind="str", default="", meaning="The id under which its public key is found."),
    Variable(
        name="JITSI_MUC",
        kind="str",
        default="",
        meaning="Prosody's component of rooms. Unset: conference. and the host of JITSI_URL.",
    ),
    Variable(
        name="VIDEO_ORIGINS",
        kind="list",
        default="",
        meaning="Where video platforms may lead people to besides their own addresses, e.g. https://*.bbb.example.org "
        "for a pool of BigBlueButton servers, separated by commas. They are led nowhere else.",
    ),
    Variable(
        name="JANUS_URL",
        kind="str",
        default="",
        meaning="Where browsers reach your Janus, e.g. wss://media.example.org; see video.md. Unset: there is none.",
    ),
    Variable(
        name="JANUS_ADMIN_URL",
        kind="str",
        default="http://127.0.0.1:7088/admin",
        meaning="Admin API of Janus, for this server only.",
    ),
    Variable(name="JANUS_ADMIN_SECRET", kind="str", default="", meaning="Its admin_secret (janus.jcfg)."),
    Variable(
        name="JANUS_ROOM_KEY",
        kind="str",
        default="",
        meaning="Its admin_key (janus.plugin.videoroom.jcfg): makes rooms.",
    ),
    Variable(
        name="JANUS_TOKEN_SECRET",
        kind="str",
        default="",
        meaning="Its token_auth_secret (janus.jcfg): signs the ways in, which end when the room closes.",
    ),
    Variable(
        name="JANUS_EVENTS_PASSWORD",
        kind="str",
        default="",
        meaning="Its backend_pwd (janus.eventhandler.sampleevh.jcfg); backend_user is janus. Unset: not believed.",
    ),
    Variable(
        name="ZOOM_ACCOUNT_ID",
        kind="str",
        default="",
        meaning="Of a Zoom app of type server-to-server OAuth; see video.md. Unset, with the three that follow: there "
        "is no Zoom.",
    ),
    Variable(name="ZOOM_CLIENT_ID", kind="str", default="", meaning="Of the same app."),
    Variable(name="ZOOM_CLIENT_SECRET", kind="str", default="", meaning="Of the same app."),
    Variable(
        name="ZOOM_HOSTS",
        kind="str",
        default="",
        meaning="Licensed users that meetings are made for, as Zoom knows them, separated by commas. One of them runs "
        "one meeting at a time, so as many as you have meetings at once.",
    ),
    Variable(
        name="ZOOM_WEBHOOK_SECRET",
        kind="str",
        default="",
        meaning="Secret token of the app's event subscription. Unset: Zoom does not tell who was there.",
    ),
    Variable(
        name="TURN_URL",
        kind="list",
        default="",
        meaning="Addresses of your TURN server, separated by commas, e.g. turn:turn.example.org:3478; see room.md. "
        "Unset: people behind different routers may not reach each other in the built-in room.",
    ),
    Variable(
        name="TURN_SECRET",
        kind="str",
        default="",
        meaning="Secret shared with the TURN server (coturn: static-auth-secret); it makes credentials that expire.",
    ),
    Variable(
        name="TURN_ONLY",
        kind="bool",
        default="0",
        meaning="1 leads all pictures and sound through the TURN server, so that nobody learns the other's address.",
    ),
    Variable(
        name="EMAIL_URL",
        kind="str",
        default="",
        meaning="Where mail goes, e.g. smtp+tls://user:password@mail.example.org:587. Unset: mail is written "
        "to the worker's log; in a movable installation it is only shown at /demo/mail/.",
    ),
    Variable(
        name="EMAIL_FROM",
        kind="str",
        default="Expertim <no-reply@localhost>",
        meaning="Sender of the site's mail.",
    ),
    Variable(
        name="EMAIL_REPLY_ADDRESS",
        kind="str",
        default="",
        meaning="Address that calendars answer to, with a star for our token, e.g. reply+*@meet.example.org; hand its "
        "mail to `expertim mail receive`, see calendars.md. Unset: nobody can answer with the buttons of a calendar.",
    ),
    Variable(
        name="OUTBOX_KEEP_DAYS",
        kind="int",
        default="180",
        meaning="For how many days what was sent, and what could not be, is kept; about a meeting, as long after it "
        "is over. At least 30.",
    ),
    Variable(
        name="WEB_PUSH_KEY",
        kind="str",
        default="",
        meaning="Key that signs notices to people's devices, as `expertim push key` makes it; see push.md. "
        "Unset: nothing is pushed.",
    ),
    Variable(
        name="WEB_PUSH_CONTACT",
        kind="str",
        default="",
        meaning="Where the services that carry pushed notices can reach you, e.g. mailto:you@example.org. "
        "Unset: the address in EMAIL_FROM.",
    ),
    Variable(
        name="OUTBOUND_PRIVATE",
        kind="list",
        default="",
        meaning="Networks of yours that addresses typed by people may lead to, e.g. 10.1.2.0/24, separated by commas. "
        "Unset: they lead to public addresses over https only.",
    ),
    Variable(
        name="TOP_UP_TEXT",
        kind="str",
        default="",
        meaning="What My account says about where to get credits. Unset: a sentence that names the operator.",
    ),
    Variable(
        name="EXPERTIM_MOVABLE_CLOCK",
        kind="bool",
        default="0",
        meaning="1 in a demo or test installation only: its clock may be moved forwards and its mail is shown. "
        "Unset: 1 in a data folder that `expertim demo` has made.",
    ),
    Variable(
        name="DEBUG",
        kind="bool",
        default="0",
        meaning="1 shows tracebacks in the browser. Never on a machine that others reach.",
    ),
    Variable(name="WEB_WORKERS", kind="int", default="2", meaning="Processes of the web server."),
    Variable(
        name="TRUSTED_PROXIES",
        kind="int",
        default="0",
        meaning="How many reverse proxies of yours stand in front and set X-Forwarded-For.",
    ),
    Variable(
        name="RATE_LIMITS",
        kind="int",
        default="1",
        meaning="How many times the usual limits on attempts: on signing in, codes and resets, and on proposing, "
        "rescheduling and evaluating (60 a minute and person), and on programs (600 readings and 300 acts). "
        "0 switches them off; for load tests.",
    ),
    Variable(
        name="CRASH_AT",
        kind="str",
        default="",
        meaning="For tests, and only with a movable clock: the point of outbox/crashing.py at which a worker "
        "kills itself.",
    ),
    Variable(
        name="EXPERTIM_APP_ROLE",
        kind="str",
        default="",
        meaning="Database role that `migrate` gives the application's rights to. Unset: the one in DATABASE_URL.",
    ),
)

_env = Env()
_BY_NAME = {variable.name: variable for variable in VARIABLES}


def read(name: str) -> Any:
    """The value of a declared variable; raises environs' error naming it where it cannot be read."""
    variable = _BY_NAME[name]
    if os.environ.get(name) == "":
        del os.environ[name]  # exported but empty means unset, as make and compose files pass it on
    if variable.kind == "path":
        return Path(_env.str(name, variable.default)).absolute()
    if variable.kind == "list":
        return [part.strip() for part in _env.str(name, variable.default).split(",") if part.strip()]
    if variable.kind == "bool":
        return _env.bool(name, variable.default not in ("0", ""))
    if variable.kind == "int":
        return _env.int(name, int(variable.default))
    return _env.str(name, variable.default)


def as_markdown() -> str:
    """The page of the docs that lists every variable."""
    lines = [
        "# Settings",
        "",
        "Settings are read from the environment only. This page is generated from",
        "`src/expertim/foundation/variables.py`; a test keeps the two equal.",
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{v.name}` | `{v.default or 'unset'}` | {v.meaning} |" for v in VARIABLES]
    return "\n".join(lines) + "\n"
