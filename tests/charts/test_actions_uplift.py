"""Whom an action helps: the sentence goes by what came, the figures by what was counted."""

from dataclasses import replace

import numpy as np
import pytest

from journey.actions.uplift import Added, Apart, Decile, Qini, Uplift, UpliftQuestion
from journey.answers import Evidence
from journey.charts.actions_uplift import decile_figure, describe_deciles, describe_qini, qini_figure
from journey.charts.actions_uplift_said import differs_told, gap_told, in_force_told, mean_told, uplift_caption, uplift_sentence

SHARE = np.linspace(0, 1, 101)


def added(difference: float | None, half: float = 0.02) -> Added:
    around = None if difference is None else (difference - half, difference + half)
    return Added(60, 40, None, None, difference, around)


def uplift(first: float | None = 0.14, last: float | None = 0.01, coefficient: float = 0.3, missing: str = "") -> Uplift:
    """Ten tenths of 10 customers; random orders have coefficients of -.1 to .1."""
    qini = Qini(coefficient, np.linspace(-0.1, 0.1, 201), SHARE, 0.08 * SHARE**0.5, 0.08 * SHARE - 0.01, 0.08 * SHARE + 0.01)
    tenths = tuple(Decile(k, 10, 0.1, added(first if k == 1 else last if k == 10 else 0.08)) for k in range(1, 11))
    apart = (Apart("v", "Visits", "visits", 6.0, 0.0, 1.25),)
    bare = Uplift(UpliftQuestion(action="Mail"), Evidence("", "", {}, 0, None), "mail", "nothing", added(0.08), 100, missing)
    return bare if missing else replace(bare, qini=qini, deciles=tenths, differs=apart)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (uplift(), "Mail helps some more than others: the tenth expected to gain most gained +14.0 pts, the last +1.0 pts."),
        (uplift(0.02, 0.05), "Mail helps some more than others: its order by expected gain does better than 97.5% of random orders."),
        (uplift(None), "Mail helps some more than others: its order by expected gain does better than 97.5% of random orders."),
        (
            uplift(coefficient=0.09),
            "Who gains more from Mail cannot be told from chance: take it to add +8.0 pts (+6.0 to +10.0) for everybody alike.",
        ),
        (uplift(missing="41 of 100 rows needed with 'mail'"), "Whom Mail helps cannot be told yet: 41 of 100 rows needed with 'mail'."),
    ],
)
def test_the_sentence_goes_by_what_came(found: Uplift, said: str) -> None:
    assert uplift_sentence(found, "Mail") == said


def test_the_caption_says_what_it_rests_on() -> None:
    rest = "60 decisions with it, 40 without · 100 customers"
    assert uplift_caption(uplift(missing="x")) == rest
    assert uplift_caption(uplift()) == f"{rest} · Qini coefficient 0.300; 95% of 201 random orders have −0.095 to 0.095"


def test_what_differs_is_a_fact_and_says_where_it_is_not_even_that() -> None:
    (one,) = uplift().differs
    assert (mean_told(one.first, one), gap_told(one)) == ("6", "higher by 1.2 sd")
    assert mean_told(0.67, replace(one, unit="yes or no")) == "67%"
    assert "not why" in differs_told(uplift()) and "chance" not in differs_told(uplift())
    assert "not told from chance" in differs_told(uplift(coefficient=0.0))
    assert "as good as alike" in differs_told(replace(uplift(), differs=()))


def test_it_says_whether_choosing_goes_by_it() -> None:
    assert "switched off" in in_force_told(uplift(), "Mail", False)
    assert in_force_told(uplift(), "Mail", True) == "Choosing goes by what Mail is expected to add for each customer."
    assert "told from chance" in in_force_told(uplift(coefficient=0.0), "Mail", True)


def test_the_curve_is_drawn_with_its_band_and_named_beside_it() -> None:
    qini = uplift().qini
    assert qini is not None
    figure = qini_figure(qini)
    low, high, straight, curve = figure.data
    assert list(curve.y) == list(qini.added) and list(low.y) == list(qini.low) and list(high.y) == list(qini.high)
    assert list(straight.y) == [0, qini.added[-1]]
    notes = [one.text for one in figure.layout.annotations]
    assert notes == ["<b>By expected gain</b>", "95% of random orders", "<b>+8.0 pts</b>"]
    assert describe_qini(qini).endswith("Treating everybody adds +8.0 pts.")


def test_each_tenth_has_its_interval_and_one_without_a_difference_no_dot() -> None:
    found = uplift(last=None)
    figure = decile_figure(found.deciles, 0.08)
    assert len(figure.data) == 1 + 9
    assert figure.data[1].y[0] == 0.14 and figure.data[1].error_y.array[0] == pytest.approx(0.02)
    assert describe_deciles(found.deciles).startswith("What each tenth gained") and "10: –" in describe_deciles(found.deciles)
    assert decile_figure((), None).layout.height
