"""The guarded way out: what it never calls, and how little it lets an answerer do (bad inputs 59-66)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest

from expertim.foundation import outbound
from expertim.foundation.outbound import Blocked, Unreachable, is_public, looked_at, post

CLOSED = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.31.0.1",
    "192.0.0.8", "192.88.99.1", "192.168.1.1", "198.19.0.1", "203.0.113.9", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1", "2001::1",
    "100::1", "5f00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1",
]  # fmt: skip
OPEN = ["9.9.9.9", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2620:fe::fe", "2002:909:909::1", "64:ff9b::909:909"]


@pytest.mark.parametrize("address", CLOSED)
def test_an_address_of_a_network_of_ones_own_is_not_public(address: str) -> None:
    """61, 62."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:6379/", "address"),  # 59
        ("http://[::1]/", "address"),
        ("http://a@169.254.169.254/", "unreadable"),
        ("https://a:b@example.org/", "unreadable"),
        ("https://127.1/", "address"),  # 60
        ("https://0x7f000001/", "address"),
        ("https://2130706433/", "address"),
        ("https://0177.0.0.1/", "address"),
        ("https://0/", "address"),
        ("https://localhost/", "address"),
        ("https://[::ffff:127.0.0.1]/", "address"),
        ("http://9.9.9.9/", "scheme"),
        ("https://9.9.9.9:8443/", "port"),
        ("ftp://9.9.9.9/", "scheme"),
        ("file:///etc/passwd", "unreadable"),
        ("https://", "unreadable"),
        ("https://9.9.9.9:99999/", "unreadable"),
        ("https://[fe80::1]/", "address"),
        ("https://9.9.9.9/\r\nHost: evil", "unreadable"),
        ("https://9.9.9.9\\@10.0.0.1/", "unreadable"),
        ("https://9.9.9.9/" + "x" * 2000, "unreadable"),
        ("https://nowhere.invalid/", "unknown_host"),
    ],
)
def test_an_address_that_leads_inside_is_never_called(url: str, reason: str) -> None:
    """59-62."""
    with pytest.raises((Blocked, Unreachable)) as caught:
        looked_at(url, timeout=3)
    if isinstance(caught.value, Unreachable):  # a machine without a resolver cannot say that a name is unknown
        assert reason == "unknown_host"
    else:
        assert caught.value.reason == reason


def test_our_own_host_is_never_called(settings: Any) -> None:
    """66."""
    settings.PUBLIC_URL = "https://meet.example.org"
    with pytest.raises(Blocked, match="own_host"):
        looked_at("https://Meet.Example.Org./hook")


def test_a_name_with_one_address_inside_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """63: of several answers none may lead inside."""
    _names(monkeypatch, "9.9.9.9", "10.0.0.1")
    with pytest.raises(Blocked, match="address"):
        looked_at("https://two.example/")


def test_the_connection_goes_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """63: a name that leads elsewhere at its second answer is not asked a second time."""
    settings.OUTBOUND_PRIVATE = ["127.0.0.0/8"]
    with _server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as port:
        asked = _names(monkeypatch, "127.0.0.1", then="10.255.255.1")
        assert post(f"http://hook.example:{port}/", body=b"x", headers={}).body == b"ok"
    assert asked == ["hook.example"]


@pytest.fixture
def inside(settings: Any) -> None:
    settings.OUTBOUND_PRIVATE = ["127.0.0.0/8"]


def test_a_redirect_is_an_answer_and_not_followed(inside: None) -> None:
    """64."""
    with _server(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n") as port:
        assert post(f"http://127.0.0.1:{port}/", body=b"", headers={}).status == 302


def test_an_answer_that_drips_is_cut_off(inside: None) -> None:
    """65: a byte now and then keeps every single wait short, and the whole is short all the same."""

    def drip(wire: socket.socket) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            wire.sendall(b"x")
            time.sleep(0.05)

    with _server(drip) as port:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="in time"):
            post(f"http://127.0.0.1:{port}/", body=b"", headers={}, timeout=0.4)
        assert time.monotonic() - began < 2


def test_headers_that_drip_are_cut_off_too(inside: None) -> None:
    """65."""

    def drip(wire: socket.socket) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\n")
        for turn in range(100):
            wire.sendall(b"X-%d: y\r\n" % turn)
            time.sleep(0.05)

    with _server(drip) as port, pytest.raises(Unreachable, match="in time"):
        post(f"http://127.0.0.1:{port}/", body=b"", headers={}, timeout=0.4)


def test_an_answer_without_end_is_left(inside: None) -> None:
    """65: 64 kB are enough for anybody."""

    def flood(wire: socket.socket) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            wire.sendall(b"x" * 10_000)

    with _server(flood) as port, pytest.raises(Unreachable, match="too long"):
        post(f"http://127.0.0.1:{port}/", body=b"", headers={})


def test_a_certificate_nobody_vouches_for_is_refused(inside: None) -> None:
    """65: here not even TLS is spoken."""
    with _server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as port, pytest.raises(Unreachable):
        post(f"https://127.0.0.1:{port}/", body=b"", headers={}, timeout=2)


def test_proxies_of_the_environment_are_not_asked(inside: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    with _server(b"HTTP/1.1 204 No Content\r\n\r\n") as port:
        assert post(f"http://127.0.0.1:{port}/", body=b"", headers={}).status == 204


def test_nobody_answering_may_be_tried_again(inside: None) -> None:
    with socket.socket() as shut:
        shut.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            post(f"http://127.0.0.1:{shut.getsockname()[1]}/", body=b"", headers={})


def _names(monkeypatch: pytest.MonkeyPatch, *addresses: str, then: str = "") -> list[str]:
    """A resolver of our own: what it answers first, and `then`; and a list of what it was asked."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: str, port: int, *rest: Any, **more: Any) -> Any:
        if host[0].isdigit():
            return real(host, port, *rest, **more)
        asked.append(host)
        found = (then,) if then and len(asked) > 1 else addresses
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", answer)
    return asked


@contextmanager
def _server(answer: bytes | Callable[[socket.socket], None]) -> Iterator[int]:
    """Answers one connection on the loopback, as it is told to."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            wire, _from = listening.accept()
            with wire:
                wire.settimeout(5)
                wire.recv(65536)
                if callable(answer):
                    answer(wire)
                else:
                    wire.sendall(answer)
        except OSError:
            pass  # it was cut off, as it should be

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    thread.join(timeout=10)
    listening.close()
