"""Make what gettext reads (.mo) from what people write (.po): when the package is built, and by `make environment`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # outside a build nobody needs it

    class BuildHookInterface:  # type: ignore[no-redef]
        PLUGIN_NAME = ""


def compile_words(root: Path) -> list[Path]:
    """Each catalogue below `root` anew where it is younger than what was made of it; the files that were written."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    for source in sorted((root / "src" / "expertim" / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        with target.open("wb") as file:
            write_mo(file, catalogue)
        written.append(target)
    return written


class CompileWords(BuildHookInterface):
    """The build's part: what is git-ignored belongs into the wheel all the same."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_words(ROOT)
        build_data["artifacts"].append("src/expertim/locale/**/*.mo")


if __name__ == "__main__":
    for path in compile_words(ROOT):
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
