"""Two groups in one picture, the matrix of transitions and the loops: what is drawn, what a click means, what is said."""

from typing import Any

import pytest

from journey.charts.paths_difference import difference_figure, difference_sentence, difference_table, told_apart
from journey.charts.paths_matrix import (
    loops_sentence,
    loops_table,
    matrix_caption,
    matrix_figure,
    matrix_sentence,
    transitions_table,
)
from journey.charts.theme import NEG, POS
from journey.paths import Comparison, Paths, measure_loops, measure_matrix, measure_paths, read_loops, read_paths, read_transitions
from journey.scope import Scope
from tests.drawn import drawn

NAMES = ("These", "Those")


def compared(bought: tuple[int, int], n: int = 60, **q: Any) -> tuple[Paths, Comparison]:
    """Two groups of n customers who go from home to buy, or to quit."""
    lines = [f"{side}{at} 09:00 home {'buy' if at < bought[number] else 'quit'}" for number, side in enumerate("ab") for at in range(n)]
    groups = [{"customers": [f"{side}{at}" for at in range(n)]} for side in "ab"]
    paths = measure_paths(drawn("\n".join(lines)), read_paths({"compare": groups[1], **q}), Scope(segment=groups[0]))
    assert paths.comparison is not None
    return paths, paths.comparison


def test_flows_that_differ_have_a_colour_and_a_word_and_the_others_neither() -> None:
    paths, comparison = compared((50, 20))
    figure = difference_figure(paths, comparison).figure
    colours = figure.data[0].link.color
    assert sum(colour.startswith(POS) for colour in colours) == sum(colour.startswith(NEG) for colour in colours) == 2
    words = [text.text for text in figure.layout.annotations if " pts" in text.text]
    assert sorted(word[:8] for word in words) == ["<b>A</b>", "<b>A</b>", "<b>B</b>", "<b>B</b>"]
    same = difference_figure(*compared((30, 30))).figure
    assert not any(colour.startswith((POS, NEG)) for colour in same.data[0].link.color)
    assert not any(" pts" in text.text for text in same.layout.annotations)


def test_what_flows_into_an_event_flows_out_of_it() -> None:
    paths, comparison = compared((50, 20))
    picture = difference_figure(paths, comparison)
    link = picture.figure.data[0].link
    into = [sum(value for value, target in zip(link.value, link.target, strict=True) if target == at) for at in range(len(picture.nodes))]
    out = [sum(value for value, source in zip(link.value, link.source, strict=True) if source == at) for at in range(len(picture.nodes))]
    for at, (_, event) in enumerate(picture.nodes):
        assert event in ("home", "Drop-off") or into[at] == pytest.approx(out[at], abs=2)


def test_the_largest_difference_is_said_with_its_interval() -> None:
    sentence = difference_sentence(*compared((50, 20)), NAMES)
    assert sentence.startswith("These go home → buy at step 1 more than Those: 83% against 33% of sessions (+50.0 pts, +33.")


@pytest.mark.parametrize(
    ("bought", "n", "said"),
    [((30, 30), 60, "cannot be told apart"), ((1, 0), 1, "cannot be told apart"), ((0, 0), 0, "nothing to compare")],
)
def test_without_a_difference_none_is_said(bought: tuple[int, int], n: int, said: str) -> None:
    assert said in difference_sentence(*compared(bought, n), NAMES)


def test_an_empty_second_group_is_drawn_and_said() -> None:
    paths = measure_paths(drawn("ann 09:00 a b"), read_paths({"compare": {"customers": []}}), Scope())
    assert paths.comparison is not None
    assert difference_sentence(paths, paths.comparison, NAMES) == "There is nothing to compare: Those have no such path here."
    assert len(difference_figure(paths, paths.comparison).nodes) == 3 and set(difference_table(paths.comparison)["q"]) == {"–"}


def test_the_surest_difference_stands_first_in_the_table() -> None:
    _, comparison = compared((50, 20))
    table = difference_table(comparison)
    assert table["more"].to_list().count("A") == table["more"].to_list().count("B") == 2 == len(told_apart(comparison)) / 2
    assert table["more"].to_list()[:4] != ["", "", "", ""] and table["q"][0] == "<0.001"


LOG = ("ann 09:00 a 09:01 a 09:02 b 09:04 a", "bob 09:00 a 09:01 b", "cat 09:00 a 09:01 c 09:02 d")


def matrix_of(*lines: str, **q: Any) -> Any:
    return measure_matrix(drawn(*lines), read_transitions({"ends": True, **q}), Scope())


def test_a_cell_is_a_transition_and_nothing_else_is_believed() -> None:
    picture = matrix_figure(matrix_of(*LOG), "share_out")
    x, y = picture.columns.index("b"), picture.rows.index("a")
    assert picture.mark({"kind": "point", "x": x, "y": y}) == {"from": "a", "to": "b"}
    assert "(end)" not in picture.rows and "(start)" not in picture.columns
    for click in (None, {"kind": "node", "index": 0}, {"kind": "point", "x": 99, "y": 0}, {"kind": "point", "x": "0", "y": 0}):
        assert picture.mark(click) is None
    assert picture.mark({"kind": "point", "x": x, "y": picture.rows.index("b")}) is None


def test_the_same_event_again_is_outlined() -> None:
    picture = matrix_figure(matrix_of(*LOG), "count")
    shape = picture.figure.layout.shapes[0]
    assert len(picture.figure.layout.shapes) == 1
    assert (shape.x0 + shape.x1, shape.y0 + shape.y1) == (2 * picture.columns.index("a"), 2 * picture.rows.index("a"))


def test_the_matrix_says_its_commonest_step_and_what_is_left_out() -> None:
    assert matrix_sentence(matrix_of(*LOG)).startswith("The commonest step is a → b: 40% (")
    assert matrix_caption(matrix_of(*LOG, rows=2)).endswith("2 rarer events in Other, in 25% of 12 transitions, starts and ends among them")
    assert matrix_sentence(matrix_of("ann 09:00 a")) == "No event follows another here."
    assert transitions_table(matrix_of("")).is_empty() and transitions_table(matrix_of(*LOG))["from"][0] == "(start)"


def test_a_long_name_stands_over_its_column_in_two_lines() -> None:
    names = matrix_figure(matrix_of("ann 09:00 payment_details add_to_cart unbelievably"), "count").figure.layout.xaxis.ticktext
    assert names[:3] == ("payment<br>details", "add_to<br>cart", "unbelieva…")


def test_names_in_a_matrix_are_shown_letter_by_letter() -> None:
    figure = matrix_figure(matrix_of("ann 09:00 <b>x</b> y"), "count").figure
    assert "<b>x</b>" not in str(figure.layout.xaxis.ticktext) + str(figure.layout.yaxis.ticktext)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (LOG, "33% (6% to 79%) of the 3 customers who did a go a → b and back, 1 time in all."),
        (("ann 09:00 a a",), "100% (21% to 100%) of the 1 customer who did a do a twice in a row, 1 time in all."),
        (("ann 09:00 a b",), "Nobody comes back to an event here."),
    ],
)
def test_loops_say_the_commonest_return(lines: tuple[str, ...], sentence: str) -> None:
    loops = measure_loops(drawn(*lines), read_loops({}), Scope())
    assert loops_sentence(loops) == sentence and loops_table(loops).height == len(loops.loops)
