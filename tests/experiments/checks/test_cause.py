"""Why a split is off: which groups of units, how sure, and the split without them."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.experiments.checks.cause import cause_in
from journey.experiments.judge import split_of
from journey.experiments.result import Finding


def units(*cells: tuple[Any, ...], names: tuple[str, ...] = ("device",)) -> pl.DataFrame:
    """(arm, value of each property, how often)."""
    rows = [cell[:-1] for cell in cells for _ in range(cell[-1])]
    return pl.DataFrame(rows, schema=dict.fromkeys(("arm", *names), pl.String), orient="row").with_row_index("unit")


def cause(traits: pl.DataFrame, shares: dict[str, float] | None = None) -> Finding:
    counts = dict(traits.group_by("arm").len().sort("arm").iter_rows())
    return cause_in(traits["arm"], traits.drop("unit", "arm"), split_of(counts, shares))


def test_lost_exposures_are_found_on_their_device_worked_by_hand() -> None:
    """Of 500 on mobile 300 are left: (100 ** 2 / 400) x 2 = 50.  On the web 500 and 500."""
    found = cause(units(("a", "mobile", 500), ("b", "mobile", 300), ("a", "web", 500), ("b", "web", 500)))
    assert found.state == "alarm"
    assert found.sentence == (
        "The likely cause lies in device = mobile: there b has 300 units where the size of a means 500, so 40% of b are missing "
        "(chi-square 50.0, p < .0001 after correction for 2 groups). Without mobile the split is 500 in a and 500 in b (p = 1): "
        "as it was meant to be."
    )
    without, mobile, web = found.rows
    assert (without["units in a"], without["units in b"], without["p"]) == (500, 500, 1)
    assert (mobile["group"], mobile["chi2"], mobile["variant"], mobile["missing"], mobile["off"]) == ("mobile", 50, "b", 0.4, True)
    assert mobile["p_adjusted"] == pytest.approx(2 * mobile["p"]) and not web["off"]


def test_of_properties_that_are_all_off_the_one_whose_groups_differ_is_named() -> None:
    """Channels are each off as much as the whole is; the device tells why."""
    cells = [
        (arm, device, channel, n // (1 if channel == "ads" else 2))
        for channel in ("ads", "mail")
        for arm, device, n in (("a", "mobile", 800), ("b", "mobile", 480), ("a", "web", 800), ("b", "web", 800))
    ]
    found = cause(units(*cells, names=("device", "channel")))
    assert "device = mobile" in found.sentence and "40% of b are missing" in found.sentence
    assert [row["property"] for row in found.rows if row["off"]] == ["device", "channel", "channel"]


def test_a_day_on_which_logging_failed_is_named() -> None:
    cells = [(arm, f"2026-03-{day:02}", 10 if (arm, day) == ("b", 9) else 100) for day in range(2, 16) for arm in "ab"]
    found = cause(units(*cells, names=("day of exposure",)))
    assert "day of exposure = 2026-03-09: there b has 10 units where the size of a means 100, so 90% of b are missing" in found.sentence


def test_a_second_cause_is_looked_for_in_what_the_first_leaves() -> None:
    """Half of b is lost on phones, and a fifth of it from ads, wherever they are."""
    cells = [
        ("b", device, channel, round(1000 * (0.5 if device == "phone" else 1) * (0.8 if channel == "ads" else 1)))
        for device in ("phone", "desk")
        for channel in ("ads", "mail")
    ]
    found = cause(units(*cells, *(("a", device, channel, 1000) for _, device, channel, _ in cells), names=("device", "channel")))
    assert "lies in device = phone" in found.sentence and "still not as it was meant to be" in found.sentence
    assert "Of the rest, channel = ads is off: there b has 800 units where the size of a means 1,000" in found.sentence
    assert found.sentence.endswith("Without it as well the split is 1,000 in a and 1,000 in b (p = 1).")


def test_one_of_three_variants_is_the_odd_one_by_the_shares_that_were_meant() -> None:
    traits = units(
        ("a", "app", 600), ("b", "app", 300), ("c", "app", 150), ("a", "web", 600), ("b", "web", 300), ("c", "web", 300)
    )  # fmt: skip
    found = cause(traits, {"a": 0.5, "b": 0.25, "c": 0.25})
    assert "there c has 150 units where the size of the others means 300, so 50% of c are missing" in found.sentence
    more = cause(units(("a", "app", 300), ("b", "app", 300), ("c", "app", 600), ("a", "web", 300), ("b", "web", 300), ("c", "web", 300)))
    assert "c has 100% too many" in more.sentence


def test_a_split_off_everywhere_alike_is_not_blamed_on_a_group() -> None:
    found = cause(units(("a", "app", 1000), ("b", "app", 700), ("a", "web", 2000), ("b", "web", 1400)))
    assert found.state == "alarm" and "off alike wherever one looks (2 groups by device were tested)" in found.sentence
    assert "assigned" in found.sentence


def test_groups_off_against_each_other_are_told_though_the_whole_is_fine() -> None:
    found = cause(units(("a", "app", 300), ("b", "app", 500), ("a", "web", 500), ("b", "web", 300), ("a", "tv", 400), ("b", "tv", 400)))
    assert found.state == "look" and found.sentence.startswith("The split as a whole is fine, yet something is off in device = app")


def test_another_name_of_the_variant_is_no_cause_and_nothing_known_is_said() -> None:
    """The version of the page says which variant it is."""
    found = cause(units(("a", "v1", 500), ("b", "v2", 300), names=("page",)))
    assert found.state == "alarm" and "Nothing is known of the units" in found.sentence and found.rows == ()
    assert cause(units(("a", "web", 50), ("b", "web", 50))).sentence.startswith("Nothing is known")


def test_clean_splits_raise_no_alarm_more_often_than_one_time_in_a_hundred() -> None:
    """57 groups by four properties, 1,500 units each time; of 60 one in a hundred is .6, and four would be four standard errors more."""
    rng, spoke = np.random.default_rng(11), 0
    for _ in range(60):
        values = {f"p{g}": rng.integers(0, g, 1500).astype(str) for g in (3, 6, 24, 24)} | {"p7": rng.integers(0, 24, 1500).astype(str)}
        traits = pl.DataFrame({"unit": np.arange(1500), "arm": np.where(rng.random(1500) < 0.5, "a", "b"), **values})
        spoke += cause(traits).state != "fine"
    assert spoke <= 3
