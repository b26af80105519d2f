"""The journey map's figures and sentences: every number of the answer once, names letter by letter, nothing invented."""

import json
from dataclasses import replace
from typing import Any

import pytest

from journey.charts.stages import BARS, BASE, GHOSTS, map_figure, positions
from journey.charts.stages_said import days, moved_sentence, stages_sentence
from journey.charts.stages_time import ROW, moves_figure, sources_of, time_figure
from journey.scope import Scope, read_scope
from journey.stages import Stages, measure_stages, read_stages
from tests.drawn import drawn

RULES: list[dict[str, Any]] = [
    {"name": "gone", "rule": {"did_not": {}, "since": "10d"}},
    {"name": "buyer", "step": 3, "rule": {"did": "buy"}},
    {"name": "<b>looker</b>", "step": 2, "rule": {"did": "view"}},
    {"name": "new", "step": 1},
]
LOG = "\n".join(
    [f"n{i} 09:00 visit" for i in range(10)]
    + [f"l{i} 09:00 view" + (" +20d 09:00 visit" if i < 5 else "") for i in range(20)]
    + [f"b{i} 09:00 view +20d 09:00 buy" for i in range(10)]
)


@pytest.fixture(scope="module")
def found() -> Stages:
    return measure_stages(drawn(LOG), read_stages({"rules": RULES}), read_scope({"start": "2026-03-05"}))


def test_bars_stand_for_who_came_as_far_and_hatching_for_who_stopped(found: Stages) -> None:
    bars, ghosts = map_figure(found).data[BARS], map_figure(found).data[GHOSTS]
    assert [stage.reached for stage in found.journey] == [40, 30, 10]
    one = bars.y[0] / 40
    assert [round(y / one) for y in bars.y] == [40, 30, 10, 25]
    assert [round(y / one) for y in ghosts.y] == [0, 10, 20]
    assert [round((base - BASE) / one) for base in ghosts.base] == [40, 30, 10]


def test_those_set_apart_stand_apart(found: Stages) -> None:
    places = positions(found)
    assert places[3] - places[2] > 1.3


def test_the_sentence_is_the_largest_loss(found: Stages) -> None:
    assert stages_sentence(found) == "The journey loses most at <b>looker</b>: 15 of 30 who came so far went quiet there."
    assert moved_sentence(found) == "12% of 40 are where they were."


def test_names_from_data_are_never_markup(found: Stages) -> None:
    for figure in (map_figure(found), time_figure(found, "UTC"), moves_figure(found)):
        assert "<b>looker</b>" not in json.dumps(figure.to_plotly_json(), default=str).lower().replace("&lt;", "")


def test_every_move_is_a_cell(found: Stages) -> None:
    heat = moves_figure(found).data[0]
    assert sum(1 for row in heat.z for share in row if share is not None) == len(found.moves)
    assert sources_of(found) == ["new", "<b>looker</b>"]


@pytest.mark.parametrize("log", ["", "ann 09:00 a", "ann 09:00 a 09:00 a\nbob 09:00 a"])
def test_next_to_nothing_is_drawn_without_a_fault(log: str) -> None:
    tiny = measure_stages(drawn(log), read_stages({}), Scope())
    for figure in (map_figure(tiny), time_figure(tiny, "UTC"), moves_figure(tiny)):
        assert figure.layout.height
    assert "Not enough" in stages_sentence(tiny) or "Nobody is known" in stages_sentence(tiny)


def test_when_nearly_all_have_gone_quiet_the_sentence_says_so() -> None:
    log = "\n".join(f"c{i} 09:00 view" for i in range(40)) + "\nzed +90d 09:00 view"
    found = measure_stages(drawn(log), read_stages({"rules": RULES}), Scope())
    assert stages_sentence(found).startswith("98% of 41 customers have gone quiet by the end of this period")


def test_time_in_a_stage_is_told_as_an_approximation(found: Stages) -> None:
    assert all(days(stage) == "–" or days(stage).startswith("≈ ") for stage in found.stages)
    assert days(replace(found.stages[0], customers=0, days=3.0)) == "–"
    assert days(replace(found.stages[0], customers=1, days=1e-9)) == "<1 min"


def test_rows_of_moves_are_equally_high_however_few(found: Stages) -> None:
    one = replace(found, moves=found.moves[:1])
    assert moves_figure(found).layout.height - moves_figure(one).layout.height == ROW * (len(sources_of(found)) - 1)


def test_the_worst_stage_is_called_in_its_own_column_by_what_it_was_chosen_by() -> None:
    """Most heads are lost at the first stage, the largest share at the second: sentence, tint and call-out name the first."""
    log = "\n".join([f"n{i} 09:00 visit" for i in range(60)] + [f"l{i} 09:00 view" for i in range(32)] + ["z +20d 09:00 visit"])
    found = measure_stages(drawn(log), read_stages({"rules": RULES}), Scope())
    assert found.worst and (found.worst.name, found.gone(found.worst)) == ("new", 60)
    assert stages_sentence(replace(found, stages=found.stages[:3], evidence=found.evidence)).startswith("The journey loses most at new: ")
    called = [mark for mark in map_figure(found).layout.annotations if "lost here" in mark.text]
    assert [(mark.x, "60" in mark.text) for mark in called] == [(positions(found)[0], True)]


def test_days_of_the_axis_have_their_years_where_they_lie_in_several() -> None:
    long = measure_stages(drawn("ann 09:00 view +400d 09:00 view"), read_stages({"rules": RULES}), Scope())
    ticks = time_figure(long, "UTC").layout.xaxis.ticktext
    assert len(ticks) == 3 and (ticks[0], ticks[-1]) == ("2 Mar 2026", "6 Apr 2027")
