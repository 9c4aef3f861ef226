"""Two machines with no path to each other but the relay: network namespaces, so Linux and root only."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserType

from tests.relay.coturn import PORT, SECRET, relay
from tests.relay.meeting import met
from tests.stories.place import opened
from tests.stories.test_room import meets

# Each machine with its own wire to the site; the site's end of the wire is its only way out.
MACHINES = {"expertim-a": "10.171.1", "expertim-b": "10.171.2"}


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def machine(name: str, network: str) -> Iterator[None]:
    """A network namespace at NETWORK.2, with the site at NETWORK.1."""
    wire = f"w{network[-1]}expertim"
    with ExitStack() as ending:
        _ip("netns", "add", name)
        ending.callback(_ip, "netns", "del", name)
        _ip("link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("addr", "add", f"{network}.1/24", "dev", wire)
        _ip("link", "set", wire, "up")
        for words in (
            ["link", "set", "lo", "up"],
            ["addr", "add", f"{network}.2/24", "dev", "eth0"],
            ["link", "set", "eth0", "up"],
            ["route", "add", "default", "via", f"{network}.1"],
        ):
            _ip("-n", name, *words)
        yield


# Refused is an answer too: there is a way there.
_KNOCK = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], 9), timeout=2)
except ConnectionRefusedError:
    pass
except OSError:
    sys.exit(3)
"""


def _reaches(name: str, address: str) -> bool:
    command = ["ip", "netns", "exec", name, sys.executable, "-c", _KNOCK, address]
    return {0: True, 3: False}[subprocess.run(command, check=False).returncode]


def _chromium_in(name: str, folder: Path, usual: dict[str, Any], origin: str) -> dict[str, Any]:
    wrapper = folder / name
    wrapper.write_text(f'#!/bin/sh\nexec ip netns exec {name} {usual["executable_path"]} "$@"\n')
    wrapper.chmod(0o755)
    secure = f"--unsafely-treat-insecure-origin-as-secure={origin}"  # without TLS there would be no camera
    return usual | {"executable_path": str(wrapper), "args": [*usual["args"], secure]}


def test_two_machines_without_a_path_meet_by_the_relay(
    tmp_path: Path, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
) -> None:
    """Nothing is forced: the browsers find out themselves that the relay is the only way."""
    with ExitStack() as ending:
        for name, network in MACHINES.items():
            ending.enter_context(machine(name, network))
        ends = [f"{network}.1" for network in MACHINES.values()]
        for name, other in zip(MACHINES, reversed(MACHINES.values()), strict=True):
            assert _reaches(name, f"{MACHINES[name]}.1")
            if _reaches(name, f"{other}.2"):
                pytest.fail("this machine forwards between its networks: ip_forward is on, so this proves nothing")
        ending.enter_context(relay(tmp_path, addresses=ends))
        turn = ",".join(f"turn:{end}:{PORT}?transport=udp" for end in ends)
        settings = {"HOST": "0.0.0.0", "ALLOWED_HOSTS": ",".join(ends), "TURN_URL": turn, "TURN_SECRET": SECRET}
        place = ending.enter_context(opened(tmp_path / "place", **settings))
        bases = [place.url.replace("127.0.0.1", end) for end in ends]
        launching = [
            _chromium_in(name, tmp_path, browser_type_launch_args, base)
            for name, base in zip(MACHINES, bases, strict=True)
        ]
        people = ending.enter_context(met(place, browser_type, launching, story="apart", bases=bases))
        for visitor in people:
            meets(visitor.page, seconds=60)
