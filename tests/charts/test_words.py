import math
from datetime import UTC, datetime

import pytest

from journey.charts import words
from journey.scope import to_ms

MORNING = to_ms(datetime(2025, 11, 21, 6, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("n", "text"), [(18240, "18,240"), (0, "0"), (-12, "\u221212"), (999_999.6, "1,000,000"), (None, "–"), (math.nan, "–")]
)
def test_a_count_is_whole_and_grouped(n, text):
    assert words.count(n) == text


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.372, 1, "37.2%"),
        (0.372, 0, "37%"),
        (0.0, 1, "0.0%"),
        (1.0, 1, "100.0%"),
        (0.0004, 1, "<0.1%"),
        (0.9999, 1, ">99.9%"),
        (0.998, 0, ">99%"),
        (0.004, 0, "<1%"),
        (-0.05, 1, "\u22125.0%"),
        (None, 1, "–"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(share, digits, text):
    assert words.percent(share, digits) == text


@pytest.mark.parametrize(
    ("x", "text"), [(0.032, "+3.2 pts"), (-0.006, "\u22120.6 pts"), (0.0001, "0.0 pts"), (-0.0001, "0.0 pts"), (None, "–")]
)
def test_a_difference_of_shares_is_in_points(x, text):
    assert words.points(x) == text


def test_growth_is_a_signed_percentage():
    assert (words.change(0.041), words.change(-0.0586), words.change(0)) == ("+4.1%", "\u22125.9%", "0.0%")


def test_st_metric_reads_an_ascii_minus():
    assert words.delta(words.points(-0.006)) == "-0.6 pts"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (38.2, "€38.20"),
        (0, "€0.00"),
        (999.99, "€999.99"),
        (999.999, "€1.0k"),
        (2_800, "€2.8k"),
        (9_960, "€10k"),
        (48_000, "€48k"),
        (999_700, "€1.00M"),
        (1_240_000, "€1.24M"),
        (2_500_000_000, "€2.50B"),
        (-48_000, "\u2212€48k"),
        (-0.001, "€0.00"),
        (None, "–"),
    ],
)
def test_money_keeps_three_digits_that_matter(amount, text):
    assert words.money(amount, "EUR") == text


def test_money_has_no_sign_where_no_currency_is_set():
    assert (words.money(38.2), words.money(48_000, None)) == ("38.20", "48k")
    assert words.money(48_000, "chf") == "CHF 48k"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.01, "<0.1 s"),
        (0.4, "0.4 s"),
        (40, "40 s"),
        (59.7, "1 min"),
        (360, "6 min"),
        (3_599, "1.0 h"),
        (15_120, "4.2 h"),
        (86_399, "1.0 d"),
        (155_520, "1.8 d"),
        (20_000_000, "231 d"),
        (-360, "\u22126 min"),
        (None, "–"),
    ],
)
def test_a_span_is_in_its_largest_fitting_unit(seconds, text):
    assert words.span(seconds) == text


def test_times_are_shown_in_the_zone():
    assert words.moment(MORNING) == "21 Nov 2025, 06:00"
    assert words.moment(MORNING, "Pacific/Kiritimati") == "21 Nov 2025, 20:00"
    assert words.day(MORNING, "America/Los_Angeles") == "20 Nov"
    assert words.date(MORNING) == "21 Nov 2025"
    assert words.moment(None) == words.day(None) == words.date(None) == "–"


def test_an_interval_is_said_with_to():
    assert words.between("31k", "66k") == "31k to 66k"


def test_a_count_agrees_with_its_noun():
    assert [words.several(n, "row") for n in (0, 1, 1200)] == ["0 rows", "1 row", "1,200 rows"]
    assert words.several(2, "person", "people") == "2 people"


def test_a_long_name_is_cut_with_an_ellipsis():
    assert words.short("abcdef", 6) == "abcdef"
    assert words.short("abcdefg", 6) == "abcde…"


def test_days_side_by_side_have_their_years_where_they_lie_in_several() -> None:
    later = MORNING + 60 * 86_400_000
    assert words.dates([MORNING, MORNING + 86_400_000]) == ["21 Nov", "22 Nov"]
    assert words.dates([MORNING, later]) == ["21 Nov 2025", "20 Jan 2026"]
    assert words.dates([]) == []
