"""A real Janus of our own: Debian's package, installed where it is missing, with the settings of docs/video.md."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from expertim.foundation.children import die_with_parent
from tests.foundation.holding import eventually

ADMIN_SECRET, ROOM_KEY, TOKEN_SECRET, EVENTS_PASSWORD = "admins only", "rooms", "signs ways in", "tells who came"
_LIBRARY = Path("/usr/lib", os.uname().machine + "-linux-gnu", "janus")
_PLUGINS = "audiobridge duktape echotest lua nosip recordplay sip streaming textroom videocall voicemail"


_WEB = httpx.Client(verify=False, trust_env=False, timeout=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class JanusServer:
    """A Janus that runs, and how it is reached."""

    url: str
    admin_url: str
    rest_url: str
    media_ports: range
    log: Path

    @property
    def settings(self) -> dict[str, str]:
        """For an installation that uses it."""
        return {
            "JANUS_URL": self.url,
            "JANUS_ADMIN_URL": self.admin_url,
            "JANUS_ADMIN_SECRET": ADMIN_SECRET,
            "JANUS_ROOM_KEY": ROOM_KEY,
            "JANUS_TOKEN_SECRET": TOKEN_SECRET,
            "JANUS_EVENTS_PASSWORD": EVENTS_PASSWORD,
        }

    def answers(self) -> bool:
        try:
            return _WEB.get(f"{self.admin_url}/info").status_code == 200
        except httpx.HTTPError:
            return False

    def rooms(self) -> list[str]:
        """Those that there are: private ones are shown to the admin API alone."""
        listed = self.ask(request="list", admin_key=ROOM_KEY)["list"]
        assert isinstance(listed, list)
        return [one["room"] for one in listed]

    def ask(self, **request: object) -> dict[str, object]:
        """The plugin's own word on something, past the adapter."""
        asked = {"janus": "message_plugin", "transaction": "t", "admin_secret": ADMIN_SECRET}
        asked |= {"plugin": "janus.plugin.videoroom", "request": request}  # type: ignore[dict-item]
        response: dict[str, object] = _WEB.post(self.admin_url, json=asked).json()["response"]
        return response


@contextmanager
def janus(folder: Path, *, events: str, port: int) -> Iterator[JanusServer]:
    """On three ports of this machine from `port` on; what it sees it tells to the address `events`."""
    _present()
    folder.mkdir(parents=True, exist_ok=True)
    for name, settings in _files(folder, events=events, port=port).items():
        (folder / f"janus.{name}jcfg").write_text(_written(settings))
    server = JanusServer(
        url=f"ws://127.0.0.1:{port}",
        admin_url=f"http://127.0.0.1:{port + 1}/admin",
        rest_url=f"http://127.0.0.1:{port + 2}/janus",
        media_ports=range(port + 100, port + 301),
        log=folder / "janus.log",
    )
    parent = os.getpid()
    with ExitStack() as ending, server.log.open("w") as log:
        _non_loopback(ending)
        child = subprocess.Popen(
            ["janus", "--disable-colors", f"--configs-folder={folder}", f"--config={folder}/janus.jcfg"],
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: die_with_parent(parent=parent),
            process_group=0,
        )
        ending.callback(child.wait, 20)
        ending.callback(child.terminate)
        assert eventually(server.answers, seconds=15), server.log.read_text()
        yield server


def _files(folder: Path, *, events: str, port: int) -> dict[str, dict[str, dict[str, object]]]:
    here = {f"{what}_folder": str(_LIBRARY / what) for what in ("plugins", "transports", "events", "loggers")}
    secrets = {"admin_secret": ADMIN_SECRET, "token_auth": True, "token_auth_secret": TOKEN_SECRET}
    unused = ",".join(f"libjanus_{name}.so" for name in _PLUGINS.split())
    return {
        "": {
            "general": {"configs_folder": str(folder), "debug_level": 4, **here, **secrets},
            "media": {"rtp_port_range": f"{port + 100}-{port + 300}"},
            "plugins": {"disable": unused},
            "events": {"broadcast": True},
        },
        "plugin.videoroom.": {"general": {"admin_key": ROOM_KEY, "string_ids": True}},
        "transport.http.": {
            "general": {"http": True, "base_path": "/janus", "port": port + 2, "ip": "127.0.0.1"},
            "admin": {"admin_base_path": "/admin", "admin_http": True, "admin_port": port + 1, "admin_ip": "127.0.0.1"},
        },
        "transport.websockets.": {"general": {"ws": True, "ws_port": port, "ws_ip": "127.0.0.1"}},
        "eventhandler.sampleevh.": {
            "general": {
                "enabled": True,
                "events": "plugins",
                "grouping": True,
                "json": "compact",
                "backend": events,
                "backend_user": "janus",
                "backend_pwd": EVENTS_PASSWORD,
            }
        },
    }


def _written(settings: dict[str, dict[str, object]]) -> str:
    """libconfig's way of writing it; its words for texts, numbers and truth are those of JSON."""
    lines = []
    for group, values in settings.items():
        inner = "; ".join(f"{name} = {json.dumps(value)}" for name, value in values.items())
        lines.append(f"{group}: {{ {inner} }}\n")
    return "".join(lines)


def _present() -> None:
    if shutil.which("janus"):
        return
    assert shutil.which("apt-get"), "Janus is not installed"
    assert os.geteuid() == 0, "Janus is not installed: apt-get install janus"
    subprocess.run(["apt-get", "-qq", "update"], stdout=sys.stderr, check=False)
    command = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "janus"]
    subprocess.run(command, stdout=sys.stderr, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=True)


def _non_loopback(ending: ExitStack) -> None:
    """Janus finds no way by the loopback alone: where the machine has nothing else, two ends of one wire."""
    shown = json.loads(subprocess.run(["ip", "-json", "addr"], capture_output=True, check=True).stdout)
    if any(one["ifname"] != "lo" and one["operstate"] == "UP" and one["addr_info"] for one in shown):
        return
    subprocess.run(["ip", "link", "add", "jexpertim", "type", "veth", "peer", "name", "kexpertim"], check=True)
    ending.callback(subprocess.run, ["ip", "link", "del", "jexpertim"], check=True)
    for words in (
        "addr add 10.173.1.1/24 dev jexpertim",
        "link set jexpertim up",
        "link set kexpertim up",
    ):
        subprocess.run(["ip", *words.split()], check=True)
