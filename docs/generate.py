"""Write the generated pages of these docs from the code: `.venv/bin/python docs/generate.py`.

`tests/docs/test_generated.py` fails where a page no longer says what the code does.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parent
SOURCE = DOCS.parent / "src" / "expertim"
LEVELS = {"Error": "error", "Warning": "warning", "Info": "notice"}


def pages() -> dict[str, str]:
    """Every generated page: its name and what should stand in it."""
    import lifecycle_page

    from expertim.foundation.variables import as_markdown
    from expertim.notifications import kinds

    return {
        "settings.md": as_markdown(),
        "checks.md": checks_page(),
        "lifecycle.md": lifecycle_page.page(),
        "kinds.md": kinds.as_markdown(),
    }


def checks_page() -> str:
    """Every system check of ours, read from where it is raised."""
    lines = [
        "# System checks",
        "",
        "`expertim check` looks for dangerous settings; `expertim check --deploy` also asks the database and adds",
        "Django's own advice. Each finding says what to do. This page is generated from the code by",
        "`docs/generate.py`; a test keeps the two equal.",
        "",
        "| id | level | only with `--deploy` | found | what to do |",
        "| --- | --- | --- | --- | --- |",
    ]
    rows = sorted(row for path in SOURCE.rglob("checks.py") for row in _checks(path))
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _checks(path: Path) -> Iterator[tuple[str, ...]]:
    module = ast.parse(path.read_text())
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    deploy = {
        function.name for function in functions if any("deploy" in ast.unparse(d) for d in function.decorator_list)
    }
    called = {
        function.name: {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
        for function in functions
    }
    for function in functions:
        late = function.name in deploy or any(function.name in called[name] for name in deploy)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in LEVELS:
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                yield (
                    f"`{_text(given['id'])}`",
                    LEVELS[ast.unparse(node.func)],
                    "yes" if late else "",
                    _text(node.args[0]),
                    _text(given["hint"]),
                )


def _text(node: ast.expr) -> str:
    """A string as it reads, with … for what is put in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else _inserted(part) for part in node.values)
    if isinstance(node, ast.BoolOp):
        return f"What the database said, or: {_text(node.values[-1])}"
    return "What the message says."


def _inserted(part: ast.expr) -> str:
    name = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""
    return {"SHORTEST_KEY": "32"}.get(name, "…")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expertim.settings")
    django.setup()
    for name, text in pages().items():
        (DOCS / name).write_text(text)
        print(DOCS / name)
