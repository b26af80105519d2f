"""Experiments on a chart of their time: placed by the axis, never on each other, their names shown letter by letter."""

from itertools import combinations

import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.charts.notes import LETTER, SIGN, Periods, annotate, described, in_words, laid_out
from journey.charts.theme import dress
from journey.experiments.record.notes import Note

DAY = 86_400_000


def line(days: int = 40) -> go.Figure:
    figure = dress(go.Figure(go.Scatter(x=[0, days * DAY], y=[1, 2])), 270, top=20, right=30)
    return figure.update_xaxes(range=[0, days * DAY])


def note(day: float, kind: str = "started", name: str = "checkout", label: str = "") -> Note:
    return Note(name, kind, round(day * DAY), label or f"{name} {kind}")


def test_a_span_is_around_its_number_and_a_look_is_at_it() -> None:
    spans = Periods((0, 7 * DAY, 14 * DAY), 21 * DAY)
    assert [spans.place(at * DAY) for at in (0, 7, 17.5, 21, 22)] == [-0.5, 0.5, 2.0, 2.5, None]
    looks = Periods((0, 7 * DAY, 14 * DAY), None, looks=True)
    assert [looks.place(at * DAY) for at in (0, 3.5, 14, 15, -1)] == [0.0, 0.5, 2.0, None, None]
    assert Periods(()).place(0) is None


def test_nothing_to_tell_leaves_the_figure_as_it_was() -> None:
    for notes in ([], [note(41)], [note(-1)]):
        figure = annotate(line(), notes, "UTC")
        assert (figure.layout.height, len(figure.layout.shapes), len(figure.layout.annotations)) == (270, 0, 0)


def test_what_falls_together_shares_a_line() -> None:
    figure = annotate(line(), [note(2), note(2.1, name="photos"), note(20, "ended"), note(30, "decided", label="checkout: ship")], "UTC")
    assert [one.text for one in figure.layout.annotations] == ["2 experiments start", "checkout ends", "checkout: ship"]
    assert "was decided: ship<br>31 Jan 1970" in figure.layout.annotations[2].hovertext
    assert len(figure.layout.shapes) == 6 and figure.layout.height > 270  # a line and what leads it to its name, three times


def test_names_are_text() -> None:
    odd = "<b>x</b>$y$ %{z} #000001"
    text = annotate(line(), [note(5, name=odd)], "UTC").layout.annotations[0]
    assert "<b>x" not in text.text and "$" not in text.text and "#000001" not in text.hovertext


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 400), st.sampled_from(["checkout starts", "a banner with a long name ends", "photos"])), max_size=14)
)
def test_no_two_names_lie_on_each_other(drawn: list[tuple[float, str]]) -> None:
    found = laid_out([text for _, text in sorted(drawn)], [x for x, _ in sorted(drawn)], 400)
    boxes = []
    for (x, _), (text, row, right) in zip(sorted(drawn), found, strict=True):
        wide = 10 if text == SIGN else LETTER * len(text)
        left = x - wide / 2 if text == SIGN else x - wide if right else x
        boxes += [(row, left, left + wide)] if text else []
    assert not [(one, other) for one, other in combinations(boxes, 2) if one[0] == other[0] and one[1] < other[2] and other[1] < one[2]]
    assert not drawn or boxes  # there is room for one at least


def test_the_notes_are_told_in_words() -> None:
    notes = [note(2), note(20, "ended"), note(30, "decided", label="checkout: ship"), note(3, name="photos")]
    assert described(notes[:2], "UTC") == " Marked: checkout started on 3 Jan 1970; checkout ended on 21 Jan 1970."
    assert described([], "UTC") == ""
    assert in_words(notes, "UTC") == pytest.approx("checkout started 3 Jan, ended 21 Jan, ship 31 Jan; photos started 4 Jan")
