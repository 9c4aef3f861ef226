"""Print the folders of tests that `make test-fast` runs: the core, the laws and the rooms touched."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def changed() -> set[str]:
    """Files that differ from the main branch, committed or not; the last commit's where we are on it."""
    base = git("merge-base", "HEAD", "main").strip()
    if not base or base == git("rev-parse", "HEAD").strip():
        base = git("rev-parse", "--verify", "--quiet", "HEAD~1").strip()
    names = git("diff", "--name-only", base) if base else git("ls-files")
    return {*names.splitlines(), *git("ls-files", "--others", "--exclude-standard").splitlines()}


def folders(files: set[str]) -> set[str]:
    """`src/expertim/ROOM/…` and `tests/ROOM/…` stand for `tests/ROOM`."""
    rooms = {Path(name).parts[2] for name in files if name.startswith("src/expertim/") and name.count("/") > 2}
    rooms |= {Path(name).parts[1] for name in files if name.startswith("tests/") and name.count("/") > 1}
    chosen = {f"tests/{room}" for room in rooms - {"stories"} if (ROOT / "tests" / room).is_dir()}
    core = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("tests/meetings/test_lifecycle*")}
    return chosen | {"tests/laws"} | (core if "tests/meetings" not in chosen else set())


def git(*arguments: str) -> str:
    """Empty where git fails: outside of a repository everything that is always run still is."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    print(*sorted(folders(changed())))
