"""Seeded mutants of the product, each a patch that says what it breaks and what has to notice.

`python tests/simulation/teeth.py [NAME …]` applies each in a copy of the tree and runs what its head names; a mutant
that goes unnoticed, or that fails for any other reason, ends it with exit code 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parents[2]
MUTANTS = sorted((Path(__file__).parent / "mutants").glob("*.patch"))
_COPIED = ("src", "tests", "pyproject.toml", "docs")
_LONGEST_SECONDS = 900
_AT_ONCE = 2


@dataclass(frozen=True, kw_only=True)
class Bite:
    """What became of one mutant."""

    name: str
    caught: bool
    said: str
    seconds: float


def catcher(mutant: Path) -> list[str]:
    """The words after "Caught by:" in a patch's head."""
    [line] = [line for line in mutant.read_text().splitlines() if line.startswith("Caught by: ")]
    return line.removeprefix("Caught by: ").split()


def applies(mutant: Path, *, root: Path = ROOT, check: bool = True) -> str:
    """What git has to say against it; nothing where it applies."""
    command = ["git", "apply", "--check" if check else "--whitespace=nowarn", str(mutant)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def bite(mutant: Path, *, data: Path, database: dict[str, str] | None = None) -> Bite:
    """Apply it in a copy and run what should notice; `database` are addresses to use instead of a server in `data`."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        for name in _COPIED:
            source = ROOT / name
            shutil.copytree(source, copy / name) if source.is_dir() else shutil.copy(source, copy / name)
        trouble = applies(mutant, root=copy, check=False)
        if trouble:
            return Bite(name=mutant.stem, caught=False, said=trouble, seconds=0.0)
        by, *words = catcher(mutant)
        try:
            done = _run(by, words, copy, data, database or {})
        except subprocess.TimeoutExpired:
            return Bite(name=mutant.stem, caught=False, said="not noticed in time", seconds=time.monotonic() - began)
    text = (done.stdout + done.stderr).strip()
    if by == "pytest":
        caught = done.returncode == 1 and " failed" in text
        said = [line for line in text.splitlines() if line.startswith("FAILED")]
    else:  # its own word, not any crash
        caught = done.returncode == 1 and "\nagain: expertim simulate" in text
        said = [line for line in text.splitlines() if line.startswith("seed ")][1:]
    last = said[0] if said else (text.splitlines() or ["no word"])[-1]
    return Bite(name=mutant.stem, caught=caught, said=last[:300], seconds=time.monotonic() - began)


def _run(
    by: str, words: list[str], copy: Path, data: Path, database: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    here = {"PYTHONPATH": str(copy / "src"), "DATA_DIR": str(data), "EXPERTIM_MOVABLE_CLOCK": "1", **database}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("EXPERTIM_", "DJANGO_", "PYTEST_"))} | here
    if by == "pytest":
        environment["EXPERTIM_TEST_DATA"] = str(data / "test")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *words]
    else:
        command = [sys.executable, "-W", "ignore", "-m", *([by] if by == "expertim" else []), *words]
    return subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False
    )


def main(names: list[str]) -> int:
    """Every mutant, or those that are named; answers the exit code."""
    data = Path(os.environ.get("DATA_DIR", "var")).absolute() / "teeth"
    chosen = [mutant for mutant in MUTANTS if not names or mutant.stem in names]
    free: SimpleQueue[Path] = SimpleQueue()  # a server of its own for each that is tried at the same time
    for number in range(_AT_ONCE):
        folder = data / str(number)
        (folder / "static").mkdir(parents=True, exist_ok=True)
        free.put(folder)

    def tried(mutant: Path) -> Bite:
        folder = free.get()
        try:
            return bite(mutant, data=folder)
        finally:
            free.put(folder)

    missed = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done in pool.map(tried, chosen):
            missed += not done.caught
            print(
                f"{'caught' if done.caught else 'MISSED'} {done.name} in {done.seconds:.0f} s: {done.said}", flush=True
            )
    print(f"{len(chosen) - missed} of {len(chosen)} mutants caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
