"""The page of security requirements is whole: each of levels 1 and 2 stands there once, each test it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "asvs.md").read_text()

# OWASP ASVS 5.0.0: of each section the levels of its requirements, in their order. Chapters 9, 10 and 17 are out.
LEVELS = {
    **{"1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123"},
    **{"2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23"},
    **{"3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333"},
    **{"4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222"},
    **{"5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222"},
    **{"6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223"},
    **{"6.7": "33", "6.8": "2222"},
    **{"7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22"},
    **{"8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23"},
    **{"11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33"},
    **{"12.1": "12233", "12.2": "11", "12.3": "22223"},
    **{"13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233"},
    **{"14.1": "22", "14.2": "12223333", "14.3": "122"},
    **{"15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333"},
    **{"16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223"},
}
WANTED = [
    (f"{section}.{number}", level)
    for section, levels in LEVELS.items()
    for number, level in enumerate(levels, start=1)
    if level in "12"
]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| \d", line)]
STANDINGS = ("met", "partly", "no", "n/a")


def test_every_requirement_of_levels_1_and_2_stands_there_once_in_order() -> None:
    assert len(WANTED) == 210
    assert [(row[0], row[1]) for row in ROWS] == WANTED


def test_every_requirement_says_how_it_stands_and_by_what() -> None:
    for number, _level, what, standing, shown in ROWS:
        assert what, number
        assert standing in STANDINGS, number
        assert shown, number


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`(\w[\w/]*\.py)::(test_\w+)`", PAGE)
    assert len(named) > 80
    gone = [(path, name) for path, name in named if f"\ndef {name}(" not in (ROOT / "tests" / path).read_text()]
    assert not gone


def test_the_figures_above_the_table_are_those_of_the_table() -> None:
    counted = {standing: sum(row[3] == standing for row in ROWS) for standing in STANDINGS}
    said = re.search(r"(\d+) are met, (\d+) in part, (\d+) are not, (\d+) do not apply", PAGE)
    assert said
    assert [int(figure) for figure in said.groups()] == list(counted.values())
