#!/usr/bin/env python
"""The `expertim` command under the name that Django people look for."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent / "src"))
    from expertim.cli import main

    sys.exit(main())
