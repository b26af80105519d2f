"""The figures and sentences of working with actions: parts add up, verdicts follow intervals, names are shown letter by letter."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.effects import Effect
from journey.actions.ledger import Entry, Proposal, Step
from journey.actions.results import ActionResult, Compared, Results, ResultsQuestion
from journey.actions.results.lift import Lift
from journey.actions.results.result import CAMPAIGN, LEDGER, Group, Point, Sum
from journey.answers import Evidence
from journey.charts.actions_card import CHOSEN, VETOED, Option, Part, describe_parts, options_figure, parts_figure
from journey.charts.actions_queue_said import interval_of, reasons_kept, waiting_caption, waiting_title, why_of
from journey.charts.actions_results import Row, forest_figure, ticks_between, value_figure
from journey.charts.actions_results_said import results_title, rows_of, sources_of, value_title

ODD = "<b>x</b>$x$#000001"
HOUR, DAY = 3_600_000, 86_400_000
MADE = Proposal(
    "k", "ann", "Mail", "Evening", "email", "Left", "cart", "treated", 1.0, 0.5, 4.0, 2.0, 6.0, 0.5, 0, 3 * DAY, 10 * DAY, "daily 1"
)
TOLD = '{"reasons": [{"kind": "trigger", "text": "A basket was left."}, {"kind": "cost", "text": "It costs 1."}]}'


def entry(**changes: object) -> Entry:
    return Entry(replace(MADE, **changes), (Step(1, "k", "waiting", 10 * DAY, "daily 1", "", False),))  # type: ignore[arg-type]


@settings(max_examples=5, deadline=None)
@given(st.lists(st.floats(-9, 9), min_size=1, max_size=4))
def test_the_bars_follow_on_each_other_and_end_at_the_expected_value(amounts: list[float]) -> None:
    bars = parts_figure([Part(ODD, "", amount) for amount in amounts], sum(amounts), None).data[0]
    ends = [base + width for base, width in zip(bars.base, bars.x, strict=True)]
    assert list(bars.base[1:-1]) == pytest.approx(ends[:-2]) and bars.base[0] == bars.base[-1] == 0
    assert ends[-1] == pytest.approx(ends[-2])  # the total is where the last part ended


def test_what_is_vetoed_is_hollow_and_says_so_and_names_are_shown_letter_by_letter() -> None:
    options = [Option("Mail", 1.5, (1.0, 2.0), CHOSEN), Option(ODD, 0.5, None, VETOED), Option("Call", None, None, VETOED)]
    figure = options_figure(options, "EUR")
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [mark.marker.line.width for mark in marks] == [0, 1.6]
    assert [note.text for note in figure.layout.annotations] == ["<b>€1.50</b>", "vetoed", "vetoed"]
    assert "<b>x" not in figure.to_json() and "$x$" not in figure.layout.yaxis.ticktext[1]
    assert describe_parts([Part("Gain", "", 2.0), Part("Cost", "", -0.5)], 1.5, None) == (
        "Expected value 1.50, made of: Gain +2.00; Cost −0.50."
    )


def test_a_queue_is_summed_up_and_what_is_unknown_is_not_counted_as_nothing() -> None:
    both = [entry(), entry(customer_id="bob", expected_value=None, low=None, high=None)]
    assert waiting_title(both[:1]) == "1 proposal waits for a decision" and waiting_title([]) == "Nothing waits for a decision"
    assert waiting_caption(
        both, "EUR", 11 * DAY
    ) == "for 2 customers · €4.00 (€2.00 to €6.00) expected by 1 of them · €1.00 to spend · " + ("the first lapses in 2.0 d")
    assert "not known" in waiting_caption(both[1:], None, 0) and interval_of(both[1], None) == ""


@pytest.mark.parametrize("card", ["", "[]", "{", '{"reasons": 3}', '{"reasons": ["x", {"kind": "trigger"}]}'])
def test_a_card_that_cannot_be_read_leaves_the_rule_as_the_reason(card: str) -> None:
    assert why_of(entry(card=card)) == "Left" and reasons_kept(entry(card=card)) == []
    assert why_of(entry(card=TOLD)) == "A basket was left"


def compared(source: str, difference: float | None, se: float = 0.01, points: tuple[Point, ...] = ()) -> Compared:
    group = Group(500, 400, 50, 30, 0.1, 0.06, 500.0)
    lift = None if difference is None else Lift(difference, se, 800)
    return Compared(source, "", group, group, lift, None, None, points, ())


def results(*found: tuple[str, Compared]) -> Results:
    nothing = Effect("", None, None, None, 0, 0, None, "unknown", "")
    actions = tuple(ActionResult(name, "", {}, (one,), nothing) for name, one in found)
    return Results(ResultsQuestion(), actions, 0, None, Evidence("", ""))


def test_a_title_says_what_works_only_where_the_whole_interval_does() -> None:
    assert results_title(results(("Mail", compared(LEDGER, 0.2))), LEDGER) == "Mail works, of 1 action measured"
    assert results_title(results(("Mail", compared(LEDGER, 0.2)), ("Call", compared(LEDGER, -0.2))), LEDGER) == "Call does harm"
    assert results_title(results(("Mail", compared(LEDGER, 0.01))), LEDGER).startswith("None of 1 action can be told")
    assert results_title(results(("Mail", compared(CAMPAIGN, 0.2))), LEDGER) == "Nothing was done yet that could be measured"
    assert sources_of(results(("Mail", compared(CAMPAIGN, 0.2)), ("Call", compared(LEDGER, None)))) == [LEDGER, CAMPAIGN]


def test_the_forest_has_a_mark_for_each_estimate_and_a_word_where_there_is_none() -> None:
    rows = [
        *rows_of(results(("Mail", compared(LEDGER, 0.2)), (ODD, compared(LEDGER, None))), LEDGER),
        Row("Call", "", 0.0, (-0.1, 0.1), 9, 9),
    ]
    figure = forest_figure(rows)
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    assert [mark.marker.symbol for mark in marks] == ["square", "circle"] and [mark.x[0] for mark in marks] == [0.2, 0.0]
    assert "not yet" in figure.layout.annotations[1].text and "<b>x" not in figure.layout.yaxis.ticktext[1]
    assert 0 in ticks_between(-0.013, 0.02) and len(ticks_between(-0.013, 0.02)) <= 6


def test_value_over_time_is_told_from_nothing_only_by_its_band() -> None:
    days = tuple(Point(day, 2.0 * day, 1.0 * day, Sum(1.0 * day, 0.5 * day, 1.5 * day)) for day in (1, 2, 3))
    assert value_title(compared(LEDGER, 0.2, points=days), "EUR") == "By day 3 each had added €3.00"
    wide = tuple(replace(point, difference=Sum(1.0, -1.0, 3.0)) for point in days)
    assert "cannot be told yet" in value_title(compared(LEDGER, 0.2, points=wide), "EUR")
    assert "not enough decisions" in value_title(compared(LEDGER, 0.2), None)
    assert list(value_figure(days, None).data[1].y) == [1.0, 2.0, 3.0] and value_figure((), None).data[1].y == ()
