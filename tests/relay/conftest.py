"""Long trials of the room with a real relay, for `make test-video`; the suite itself plays the short one."""

from __future__ import annotations

import os

from tests.stories.conftest import browser_type_launch_args, visit

__all__ = ["browser_type_launch_args", "visit"]

if not os.environ.get("EXPERTIM_TEST_VIDEO"):
    collect_ignore_glob = ["test_*.py"]
