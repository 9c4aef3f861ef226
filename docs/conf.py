"""How Sphinx builds these pages: `make docs`, strictly, and with nothing from any other host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer

project = "Expertim"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["pictures.py"]
myst_heading_anchors = 3
highlight_language = "none"
html_theme = "furo"
html_title = "Expertim"
html_copy_source = False
html_show_sphinx = False
html_static_path: list[str] = []
html_favicon = str(Path(__file__).parent.parent / "src/expertim/foundation/static/foundation/icon.svg")


def setup(app: Any) -> None:
    # The drawing of a meeting's life is for readers of Markdown that draw it; here it is read as it is written.
    app.add_lexer("mermaid", TextLexer)
