"""Brackets as people write them."""

import pytest

from journey.errors import QuestionError
from journey.retention import PRESETS, parse_brackets, read_retention, write_brackets


@pytest.mark.parametrize(
    ("written", "brackets"),
    [
        ("1-3, 4-7", [[1, 3], [4, 7]]),
        ("D1, D7, D30", [[1, 1], [7, 7], [30, 30]]),
        ("w1–w4; 5 to 8", [[1, 4], [5, 8]]),
        (" 2 ,", [[2, 2]]),
    ],
)
def test_brackets_are_read_as_people_write_them(written: str, brackets: list) -> None:
    assert parse_brackets(written) == brackets


@pytest.mark.parametrize("written", ["", " , ", "0", "3-1", "a", "1-2-3", "1 3", "1-99999", "-3"])
def test_what_is_no_bracket_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(QuestionError, match=r"4-7|can begin at 1"):
        parse_brackets(written)


def test_what_is_written_is_read_back() -> None:
    for presets in PRESETS.values():
        for preset in presets:
            question = read_retention({"mode": "brackets", "brackets": parse_brackets(preset)})
            assert parse_brackets(write_brackets(question.brackets)) == [list(pair) for pair in question.brackets]
