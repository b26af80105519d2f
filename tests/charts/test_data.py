from journey.charts.data import events_figure
from journey.ingest.holdings import EventsOverTime, measure_events_over_time
from tests.drawn import drawn

DAY = 86_400_000


def over_time(earlier, newest):
    measured = measure_events_over_time(drawn("ann 09:00 a"))
    starts = tuple(measured.starts[0] + at * DAY for at in range(len(newest)))
    return EventsOverTime(starts, tuple(earlier), tuple(newest), "day", "UTC", 0, measured.evidence)


def test_one_load_is_one_series():
    figure = events_figure(over_time([0, 0], [3, 4]))
    assert [list(bars.y) for bars in figure.data] == [[3, 4]]
    assert not figure.layout.annotations


def test_the_newest_load_is_named_where_there_were_others():
    figure = events_figure(over_time([5, 5, 1], [0, 0, 9]))
    assert [list(bars.y) for bars in figure.data] == [[5, 5, 1], [0, 0, 9]]
    assert figure.layout.annotations[0].text == "newest load: 9 events"


def test_the_axis_names_the_first_and_the_last_day():
    figure = events_figure(over_time([0] * 10, [1] * 10))
    assert (figure.layout.xaxis.ticktext[0], figure.layout.xaxis.ticktext[-1]) == ("2 Mar", "11 Mar")


def test_a_single_day_has_a_picture():
    assert list(events_figure(measure_events_over_time(drawn("ann 09:00 a"))).data[0].y) == [1]
