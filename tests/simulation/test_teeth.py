"""The harness has teeth: each mutant applies, names what must notice it, and two of them are tried here.

`python tests/simulation/teeth.py` tries all of them, `make prove` with it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import conftest
from tests.simulation.teeth import MUTANTS, ROOT, applies, bite, catcher


def test_there_are_enough_of_them():
    assert len(MUTANTS) >= 25


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda path: path.stem)
def test_a_mutant_applies_and_says_what_has_to_notice_it(mutant):
    """A patch that no longer applies has lost its tooth: make it anew after the code it is about has changed."""
    assert applies(mutant) == ""
    by, *words = catcher(mutant)
    if by == "pytest":
        assert all((ROOT / word.split("::")[0]).exists() for word in words if word.startswith("tests/"))
    else:
        assert (by, words[0]) == ("expertim", "simulate")
        assert int(words[words.index("--meetings") + 1]) <= 500


@pytest.mark.slow
@pytest.mark.parametrize("name", ["block_not_returned", "sent_before_commit"])
def test_a_mutant_is_caught(database, name):
    its_own = {"DATABASE_URL": database.app, "DATABASE_OWNER_URL": database.owner_url}
    mutant = Path(__file__).parent / "mutants" / f"{name}.patch"
    done = bite(mutant, data=conftest.DATA, database=its_own)
    assert done.caught, done.said
