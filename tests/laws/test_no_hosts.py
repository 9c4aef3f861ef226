"""No tracked file names a registry: whoever builds this decides where packages come from."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# In pieces, or this file would be the first to break its own law.
HOSTS = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("pypi", "python", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("deb", "debian", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("img", "shields", "io"),
        ("raw", "githubusercontent", "com"),
    ]
]
PATTERN = re.compile("|".join(re.escape(host) for host in HOSTS), re.IGNORECASE)


def test_no_tracked_file_names_a_registry():
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    files = [ROOT / name for name in names.stdout.decode().split("\0") if name]
    assert len(files) > 20
    naming = [
        f"{file.relative_to(ROOT)}: {found.group()}"
        for file in files
        if file.is_file() and (found := PATTERN.search(file.read_bytes().decode(errors="replace")))
    ]
    assert naming == []


def test_lock_files_that_name_hosts_are_ignored():
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {"/uv.lock", "/pylock.toml"} <= set(ignored)
