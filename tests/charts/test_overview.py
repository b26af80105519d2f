"""The overview's figures and words: colour says what is told from noise, and every sentence fits its numbers."""

from dataclasses import replace

from journey.answers import Evidence
from journey.charts.overview import leak_figure, moved_figure
from journey.charts.overview_leads import leak_lead, part_lead
from journey.charts.overview_words import change_words, margin_words, overview_sentence, part_words, value_words
from journey.charts.theme import GHOST, NEG, POS
from journey.funnels import Funnel, FunnelStep
from journey.metrics import Change, Metric, MetricQuestion, Moved, Named, Part, Point, Series, Shape
from journey.metrics.question import Side

VALUE = Shape("ratio", Side("Purchase", "sum", "revenue"), Side(None, "customers"))
STAR = Named("Value per visitor", "", "", "north star", "up", "money", VALUE)
EVIDENCE = Evidence("", "")


def metric(value: float, before: float, half: float, n: int = 1000) -> Metric:
    """A metric that went from `before` to `value`; its change has this half width."""
    change = value - before
    points = [Series((), Point(0, 1, x, (x - 1, x + 1), n, x * n, True), "UTC") for x in (value, before)]
    moved = Change(change, (change - half, change + half), change / before, ((change - half) / before, (change + half) / before))
    question = MetricQuestion(STAR, "day", None, "previous")
    return Metric(question, VALUE, points[0], EVIDENCE, STAR.name, points[1], True, moved, currency="EUR")


def moved(*parts: Part) -> Moved:
    return Moved(38.2, 36.7, ("conversion", "orders per buyer", "order value"), "device", parts, EVIDENCE)


UP = Part("factor", 2.0, (1.5, 2.5), 0, "desktop")
DOWN = Part("factor", -0.7, (-1.0, -0.4), 2, "mobile")
NOISE = Part("rest", 0.2, (-0.3, 0.7))


def test_a_rise_names_what_took_part_of_it_back() -> None:
    said = overview_sentence(STAR, metric(38.2, 36.7, 0.5), moved(UP, DOWN, NOISE))
    assert said == "Value per visitor rose 4.1% to €38.20, although lower order value for mobile took €0.70 back."


def test_a_rise_without_setbacks_names_what_carried_it() -> None:
    said = overview_sentence(STAR, metric(38.2, 36.7, 0.5), moved(UP, NOISE))
    assert said == "Value per visitor rose 4.1% to €38.20, mostly through higher conversion for desktop."


def test_a_change_within_noise_is_not_called_a_rise() -> None:
    said = overview_sentence(STAR, metric(38.2, 36.7, 2.0), moved(UP, DOWN))
    assert said == "Value per visitor is €38.20; its change of +4.1% (± 5.4) cannot be told from noise."


def test_too_few_are_not_judged() -> None:
    said = overview_sentence(STAR, metric(38.2, 36.7, 0.5, n=12), moved(UP))
    assert said == "Value per visitor is €38.20; 12 customers are too few to judge its change, 30 are needed."


def test_spans_that_do_not_compare_are_not_compared() -> None:
    said = overview_sentence(STAR, replace(metric(38.2, 36.7, 0.5), covered=False), None)
    assert said == "Value per visitor is €38.20; the data begin inside the period before, so the two do not compare."


def test_nothing_before_is_said() -> None:
    said = overview_sentence(STAR, replace(metric(38.2, 36.7, 0.5), before=None, change=None, covered=False), None)
    assert said == "Value per visitor is €38.20, with no earlier period to compare it with."


def test_nobody_is_not_a_zero() -> None:
    nobody = replace(metric(38.2, 36.7, 0.5), now=Series((), None, "UTC"))
    assert overview_sentence(STAR, nobody, None).startswith("Not enough data yet")


def test_a_share_changes_by_points() -> None:
    share = replace(STAR, unit="share")
    assert (change_words(share, metric(0.11, 0.116, 0.003)), margin_words(share, metric(0.11, 0.116, 0.003))) == ("−0.6 pts", "± 0.3")


def test_a_fall_names_what_was_won_back() -> None:
    said = overview_sentence(
        STAR, metric(36.7, 38.2, 0.5), moved(replace(UP, change=-2.0, interval=(-2.5, -1.5)), replace(DOWN, change=0.7))
    )
    assert said == "Value per visitor fell 3.9% to €36.70, although higher order value for mobile won €0.70 back."


def test_a_setback_too_small_to_speak_of_is_passed_over() -> None:
    said = overview_sentence(STAR, metric(38.2, 36.7, 0.5), moved(UP, replace(DOWN, change=-0.1)))
    assert said == "Value per visitor rose 4.1% to €38.20, mostly through higher conversion for desktop."


def test_what_is_counted_is_more_or_fewer() -> None:
    assert part_words(replace(UP, factor=1), moved(UP)) == "More orders per buyer, desktop"
    assert part_words(replace(DOWN, group=""), moved(DOWN)) == "Lower order value, no device"


def test_grey_is_what_is_not_told_from_noise() -> None:
    figure = moved_figure(moved(UP, DOWN, NOISE), STAR, "EUR")
    assert list(figure.data[0].marker.color) == [NEG, GHOST, POS]


def test_for_what_should_fall_a_fall_is_good() -> None:
    figure = moved_figure(moved(UP, DOWN), replace(STAR, good="down"), "EUR")
    assert list(figure.data[0].marker.color) == [NEG, POS]


def test_names_from_data_are_not_markup_in_figures() -> None:
    hostile = replace(UP, group='<a href="http://x">')
    assert "<a" not in str(moved_figure(moved(hostile), STAR, None).layout.yaxis.ticktext)


def funnel(*counts: int) -> Funnel:
    steps = tuple(FunnelStep(f"step {k}", f"step {k}", n, 0, counts[0], counts[k - 1] if k else None) for k, n in enumerate(counts))
    return Funnel("ordered", steps, {}, 0, (), None, "customers", None, EVIDENCE)


def test_the_worst_loss_is_named_on_its_bar() -> None:
    figure = leak_figure(funnel(100, 80, 20))
    assert [note.text for note in figure.layout.annotations if "−" in note.text] == ["<b>−75&#37;</b>"]


def test_a_leak_needs_thirty_before_it() -> None:
    assert leak_lead(funnel(20, 5), {}) is None
    lead = leak_lead(funnel(100, 20), {})
    assert lead is not None
    assert (lead.value, lead.interval) == ("80% leave", "71% to 87%")


def test_only_what_is_told_from_noise_leads_anywhere() -> None:
    assert part_lead(moved(UP, NOISE), STAR, "EUR") is None
    lead = part_lead(moved(UP, DOWN), STAR, "EUR")
    assert lead is not None
    assert (lead.value, lead.interval) == ("−€0.70", "−€1.00 to −€0.40")
    assert lead.segment == ("device: mobile", {"property": "device", "op": "eq", "value": "mobile"})


def test_numbers_wear_their_unit() -> None:
    assert value_words(replace(STAR, unit="score", scale=5), 4.02) == "4.0 of 5"
    assert value_words(replace(STAR, unit="number"), 3.456) == "3.46"
