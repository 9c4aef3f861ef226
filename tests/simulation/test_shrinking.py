"""A run that fails says how to fail again, and can be made small: tried on a mistake that is planted for it."""

from __future__ import annotations

import shlex
from dataclasses import replace

from expertim.meetings.rules import answering
from expertim.simulation.management.commands.simulate import Command, _failure
from expertim.simulation.report import removable
from expertim.simulation.shrink import shrink
from tests.simulation.test_runs import run


def test_a_failing_run_is_shrunk_and_fails_again_by_the_line_that_it_prints(database, installation, monkeypatch):
    """The mistake: nobody is told that a meeting is agreed (A1)."""
    monkeypatch.setattr(answering, "both_told", lambda kind: ())
    found = run(installation, seed=3, meetings=8, profile="flaky")
    assert found.what == "not as the model says"
    assert "meeting_agreed" in found.broken
    items = removable(found.settings, found.plan)

    def fails(without: frozenset[str]) -> bool:
        again = run(installation, seed=3, meetings=8, profile="flaky", without=",".join(without))
        return again.what == found.what

    needed = shrink(items, fails=fails)
    assert len(needed) == 1  # one meeting that is agreed, and no fault
    assert needed[0].startswith("meeting ")
    for left_out in (frozenset(), frozenset(items) - frozenset(needed)):
        *_, line = _failure(found, replace(found.settings, without=left_out))
        words = shlex.split(line.removeprefix("again: expertim simulate "))
        given = vars(Command().create_parser("expertim", "simulate").parse_args(words))
        again = run(
            installation,
            seed=given["seed"],
            meetings=given["meetings"],
            profile=given["faults"],
            without=given["without"],
        )
        assert again.what == found.what
    monkeypatch.undo()
    assert run(installation, seed=3, meetings=8, profile="flaky", without=given["without"]).broken == ""
