"""Why a metric moved, drawn and told: the bars sum to the change, and the sentence says which of mix and rate it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from journey.answers import Evidence
from journey.charts.experiments_moved import bars_of, describe_mix, mix_figure, mixed_rows, moved_sentence
from journey.charts.theme import GHOST, MUTED, NEG
from journey.metrics import Change, Metric, MetricQuestion, Named, Point, Series, Shape
from journey.metrics.mix import Mixed, mixed
from journey.metrics.moved import Moved
from journey.metrics.question import Side

SHARE = Shape("ratio", Side("buy", "customers"), Side("visit", "customers"))
NAMED = Named("Conversion", "", "", "driver", "up", "share", SHARE)
ODD = "<b>app</b>"


def split(before: dict[str, tuple[int, int]], now: dict[str, tuple[int, int]]) -> Mixed:
    """group -> (visitors, buyers) in each span, every one of them a customer of their own."""
    names = list(dict.fromkeys([*before, *now]))
    rows = [
        (span, names.index(name), 1.0, float(k < buyers))
        for span, groups in enumerate((before, now))
        for name, (visitors, buyers) in groups.items()
        for k in range(visitors)
    ]
    whole, group, under, over = (np.array(column) for column in zip(*rows, strict=True))
    found = mixed(names, whole.astype(int), group.astype(int), under, over)
    assert found is not None
    return found


def told(found: Mixed, by: str | None = "device", half: float = 0.01, judged: bool = True, n: int = 900) -> str:
    around = (found.difference - half, found.difference + half)
    now = Series((), Point(0, 1, found.value[1], None, n, 0, True), "UTC")
    before = Series((), Point(0, 1, found.value[0], None, 900, 0, True), "UTC")
    change = Change(found.difference, around, None, None)
    metric = Metric(MetricQuestion(NAMED, compare="previous"), SHARE, now, Evidence("", ""), before=before, covered=True, change=change)
    moved = Moved(found.value[1], found.value[0], (), by, (), Evidence("", ""), found)
    return moved_sentence(NAMED, metric, moved, None, judged, by)


RATE = split({"app": (1000, 300), "web": (1000, 100)}, {"app": (1000, 200), "web": (1000, 100)})
MIX = split({"app": (1500, 450), "web": (500, 50)}, {"app": (500, 150), "web": (1500, 150)})


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (told(RATE), "Conversion fell 5.0 pts to 15.0%, mostly within the groups by device, not by a shift between them."),
        (told(MIX), "Conversion fell 10.0 pts to 15.0%, mostly by a shift between the groups by device, not within them."),
        (told(RATE, half=0.2), "Conversion is 15.0%; its change of −5.0 pts cannot be told from noise."),
        (told(RATE, by=None), "Conversion fell 5.0 pts to 15.0%."),
        (told(RATE, judged=False, n=12), "Conversion is 15.0%; 12 customers of 30 needed to say what moved."),
    ],
)
def test_the_sentence_says_which_of_the_two_it_was(said: str, sentence: str) -> None:
    assert said == sentence


def test_bars_are_drawn_from_zero_in_the_colour_of_what_is_told() -> None:
    found = split({ODD: (1000, 300), "web": (1000, 100)}, {ODD: (1000, 200), "web": (1000, 100)})
    bars = bars_of(found, NAMED, "device", None, (-0.08, -0.02))
    assert [bar.name for bar in bars] == ["Mix", f"Rate, {ODD}", "All of it"]
    figure = mix_figure(bars, NAMED, None)
    assert list(figure.data[0].x) == pytest.approx([0, -0.05, -0.05]) and list(figure.data[0].marker.color) == [GHOST, NEG, MUTED]
    assert "<b>app" not in repr(figure.layout.yaxis.ticktext) and describe_mix(bars, NAMED, None).endswith("All of it −5.0 pts.")
    (app, web) = mixed_rows(found, NAMED, "device", None)
    assert (app["Share before"], app["Conversion before"], app["Conversion now"], app["Rate"]) == ("50.0%", "30.0%", "20.0%", "−5.0 pts")
    assert web["Rate"] == "0.0 pts"


counts = some.tuples(some.integers(1, 60), some.integers(0, 60)).map(lambda pair: (pair[0], min(pair)))


@settings(max_examples=15, deadline=None)
@given(some.dictionaries(some.sampled_from("abc"), counts, min_size=1), some.dictionaries(some.sampled_from("abc"), counts, min_size=1))
def test_the_bars_sum_to_the_change(before: dict[str, tuple[int, int]], now: dict[str, tuple[int, int]]) -> None:
    found = split(before, now)
    *parts, whole = bars_of(found, NAMED, "device", None)
    assert sum(bar.change for bar in parts) == pytest.approx(whole.change, abs=1e-12)
    assert whole.change == pytest.approx(found.value[1] - found.value[0], abs=1e-12)
