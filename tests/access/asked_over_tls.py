"""Asked by test_headers.py in a process of its own, as behind a proxy that ends TLS; prints what was answered."""

from __future__ import annotations

import json
import os
import secrets

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expertim.settings")
django.setup()

from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from expertim.foundation.cookies import MessageStorage  # noqa: E402
from expertim.people.actions import create_person  # noqa: E402
from expertim.people.middleware import KEPT_COOKIE  # noqa: E402
from expertim.site.middleware import FIELD_COOKIE  # noqa: E402

HOST = "meet.example.org"
PASSWORD = "correct horse battery"

setup_test_environment()


def browser(**given: bool) -> Client:
    return Client(headers={"host": HOST, "X-Forwarded-Proto": "https"}, **given)


client = browser()
page = client.get("/accounts/login/")
person = create_person(email=f"tls.{secrets.token_hex(6)}@example.org", name="Alice", password=PASSWORD)
client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
settings = client.get("/settings/").content.decode()
client.post("/settings/zone/", {"device": "Europe/Prague", "answer": "keep"})
client.get("/help/")
token = settings.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
origins = {}
for origin in ("https://meet.example.org", "https://evil.com", "null", ""):
    careful = browser(enforce_csrf_checks=True)
    careful.cookies = client.cookies
    sent = {"csrfmiddlewaretoken": token, "email": "no address"}
    headers = {"origin": origin} if origin else {}
    origins[origin] = careful.post("/accounts/password/reset/", sent, headers=headers).status_code
cookies = {
    name: {
        "secure": bool(morsel["secure"]),
        "httponly": bool(morsel["httponly"]),
        "path": morsel["path"],
        "domain": morsel["domain"],
        "samesite": morsel["samesite"],
    }
    for name, morsel in client.cookies.items()
    if morsel.value
}
names = [FIELD_COOKIE, KEPT_COOKIE, MessageStorage.storage_classes[0].cookie_name]
demo = {
    path: client.get(path).status_code for path in ("/demo/", "/demo/clock/", "/demo/mail/", "/operator/components/")
}
told = {"headers": dict(page.items()), "cookies": cookies, "origins": origins, "names": names, "demo": demo}
print(json.dumps(told))
