"""Find a Chromium for the stories, or get one; prints its path. Nothing else may be assumed to be there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """The machine's own browser, else the one Playwright has downloaded."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights()


def present() -> str:
    """The path of a browser, installed now where there was none."""
    if path := installed():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "-qq", "update"], stdout=sys.stderr, check=False)
        command = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "chromium"]
        subprocess.run(command, stdout=sys.stderr, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=False)
        if path := installed():
            return path
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=True)
    if path := installed():
        return path
    raise SystemExit("No Chromium here, and none could be installed: the browser stories cannot run.")


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    print(present())
