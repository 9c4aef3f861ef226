"""Headers of every answer: everything from our own address, nothing inline, no device without need."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponseBase

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The room of a meeting asks for camera, microphone and screen; nothing of ours asks for more.
PERMISSIONS = (
    "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
    "geolocation=(), payment=(), usb=(), browsing-topics=()"
)


def policy(*, connects: Sequence[str] = (), leads: Sequence[str] = ()) -> str:
    """Ours, for a page that connects to these origins besides, or whose form leads on to these."""
    policy = POLICY.replace("connect-src 'self'", " ".join(["connect-src 'self'", *connects]))
    return policy.replace("form-action 'self'", " ".join(["form-action 'self'", *leads]))


class ContentSecurityPolicyMiddleware:
    """Sets these headers where a view has not set its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("X-Robots-Tag", "noindex")  # what may be found, says so itself
        return response
