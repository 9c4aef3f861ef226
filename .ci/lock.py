"""Resolve anew; write every pin into pyproject.toml, and requirements.txt with hashes for production.

uv.lock itself is not kept: it names the hosts it was made from. Constraints with their markers resolve to the same.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"\n*\[tool\.uv\]\n(?:#[^\n]*\n)*constraint-dependencies = \[\n.*?\n\]\n", re.DOTALL)


def main(uv: str) -> None:
    """Called by `make lock` with the path of uv."""
    project = ROOT / "pyproject.toml"
    before = project.read_text()
    free = BLOCK.sub("\n", before)
    export = [uv, "export", "--quiet", "--no-emit-project", "--no-header", "--no-annotate"]
    try:
        project.write_text(free)
        (ROOT / "uv.lock").unlink(missing_ok=True)
        run([uv, "lock", "--quiet", "--upgrade"])
        pins = run([*export, "--all-groups", "--no-hashes"]).splitlines()
        production = run([*export, "--no-dev"])
    except BaseException:
        project.write_text(before)
        raise
    lines = "".join(f"  {literal(pin)},\n" for pin in sorted(pins, key=str.lower) if pin.strip())
    block = f"\n[tool.uv]\n# Written by `make lock`.\nconstraint-dependencies = [\n{lines}]\n"
    project.write_text(free.rstrip("\n") + "\n" + block)
    (ROOT / "requirements.txt").write_text("# Written by `make lock`; for `pip install -r`.\n" + production)


def literal(pin: str) -> str:
    """A TOML string; markers hold quotes of one kind."""
    return f'"{pin}"' if '"' not in pin else f"'{pin}'"


def run(command: list[str]) -> str:
    """Its output; what it complains about goes to the terminal."""
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main(sys.argv[1])
