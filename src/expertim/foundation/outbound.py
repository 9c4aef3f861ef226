"""The one way out to addresses that people type: to public hosts over TLS, and never into our own network.

Where a name leads is asked once, every answer is judged, and the connection goes to the very address that was judged:
a name that leads elsewhere a moment later changes nothing. Redirects are answers like any other, proxies of the
environment are not asked, and a request has an end: in time, however slowly it is answered, and in size.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 10.0
MOST_BYTES = 65_536  # of an answer
MOST_URL = 2000
PORT = 443

Address: TypeAlias = IPv4Address | IPv6Address

# Our own list: `is_private` and `is_global` of the library have changed from release to release. RFC 6890 and after.
_DENIED_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")  # all that has ever been given out for use between networks
_DENIED_6 = tuple(IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_NAT64 = IPv6Network("64:ff9b::/96")


class Blocked(Exception):
    """An address that we never call; `reason` is a code: unreadable, scheme, port, own_host, address, unknown_host."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreachable(Exception):
    """Nobody answered, or not in time, too much, or not as it should be; another try may succeed."""


class TooLong(Unreachable):
    """The answer is longer than was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address that has been looked at: where to connect, and what to ask there."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def post(url: str, *, body: bytes, headers: dict[str, str], timeout: float = SECONDS) -> Answer:
    """Send a body; raises Blocked or Unreachable. `timeout` is for the whole of it, in seconds."""
    return request("POST", url, body=body, headers=headers, timeout=timeout)


def request(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    timeout: float = SECONDS,
    most: int = MOST_BYTES,
) -> Answer:
    """One request and its answer, at most `most` bytes of it; raises Blocked or Unreachable. Never in a transaction."""
    target = looked_at(url, timeout=timeout)
    connection = _Connection(target, timeout)
    ending = threading.Timer(timeout, connection.cut)
    ending.daemon = True
    ending.start()
    try:
        connection.request(method, target.path, body=body, headers={"User-Agent": _user_agent(), **(headers or {})})
        answered = connection.getresponse()
        content = answered.read(most + 1)
        if len(content) > most:
            raise TooLong("the answer is too long")
        if connection.was_cut:  # the library takes a connection that ends for the end of headers or body
            raise Unreachable("no answer in time")
        return Answer(
            status=answered.status,
            headers={name.lower(): value for name, value in answered.getheaders()},
            body=content,
        )
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = "no answer in time: " if connection.was_cut else ""
        raise Unreachable(f"{late}{type(error).__name__}: {error}") from error
    finally:
        ending.cancel()
        connection.close()


def looked_at(url: str, *, timeout: float = SECONDS) -> Target:
    """Where an address leads, once it has been found harmless; raises Blocked, or Unreachable where nobody says."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Blocked("unreadable") from None
    host = (parts.hostname or "").rstrip(".").lower()
    odd = any(not "!" <= sign <= "~" for sign in url) or "\\" in url
    if odd or len(url) > MOST_URL or not host or parts.username is not None or parts.password is not None:
        raise Blocked("unreadable")
    if parts.scheme not in ("http", "https"):
        raise Blocked("scheme")
    if host in _own_hosts():
        raise Blocked("own_host")
    port = port if port is not None else (PORT if parts.scheme == "https" else 80)
    found = _resolved(host, port, timeout)
    ours = all(_allowed_by_operator(address) for address in found)
    if not ours and not all(is_public(address) for address in found):
        raise Blocked("address")
    if not ours and parts.scheme != "https":
        raise Blocked("scheme")
    if not ours and port != PORT:
        raise Blocked("port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port, path=path, address=str(found[0]))


def is_public(address: Address) -> bool:
    """Whether it is on the open internet; what an IPv6 address carries of IPv4 is judged as that."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _DENIED_4)
    inner = _carried(address)
    if inner is not None:
        return is_public(inner)
    return address in _GLOBAL_6 and not any(address in network for network in _DENIED_6)


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address within: mapped, 6to4, or behind the well-known NAT64 prefix."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _allowed_by_operator(address: Address) -> bool:
    return any(address in ipaddress.ip_network(network) for network in settings.OUTBOUND_PRIVATE)


def _own_hosts() -> set[str]:
    """Names of ours that lead to ourselves; the loopback's own are judged as addresses."""
    return {urlsplit(settings.PUBLIC_URL).hostname or "", *settings.ALLOWED_HOSTS} - {
        "",
        "localhost",
        "127.0.0.1",
        "[::1]",
    }


def _resolved(host: str, port: int, timeout: float) -> list[Address]:
    """Every address of a host. In a thread of its own: the library's resolver knows no time limit."""
    answer: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        rows = answer.result(timeout)
    except TimeoutError as error:
        raise Unreachable("nobody says where the host is") from error
    except socket.gaierror as error:
        # "Try again" is the resolver's trouble, all else is the name's.
        if error.errno == socket.EAI_AGAIN:
            raise Unreachable(f"nobody says where the host is: {error}") from error
        raise Blocked("unknown_host") from error
    except (OSError, UnicodeError) as error:
        raise Blocked("unreadable") from error
    found = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    if not found:
        raise Blocked("unknown_host")
    return found


def _user_agent() -> str:
    return f"{settings.SITE_NAME} ({settings.PUBLIC_URL})".encode("ascii", "replace").decode()


class _Connection(http.client.HTTPConnection):
    """To the address that was judged; TLS is spoken with the host that was asked for."""

    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.default_port = PORT if target.scheme == "https" else 80  # what the Host header leaves out
        self._target = target
        self._wire: socket.socket | None = None
        self.was_cut = False

    def connect(self) -> None:
        self._wire = socket.create_connection((self._target.address, self._target.port), self.timeout)
        self.sock = self._wire
        if self._target.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self._wire, server_hostname=self._target.host)

    def cut(self) -> None:
        """End it, whatever it is doing: one byte a second would keep every single wait short."""
        self.was_cut = True
        for wire in (self.sock, self._wire):
            try:
                if wire is not None:
                    socket.socket.shutdown(wire, socket.SHUT_RDWR)
            except OSError:
                pass
