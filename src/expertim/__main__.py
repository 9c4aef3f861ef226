"""`python -m expertim`."""

import sys

from expertim.cli import main

if __name__ == "__main__":
    sys.exit(main())
