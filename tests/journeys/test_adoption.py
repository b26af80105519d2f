"""Who uses a feature, how soon and how deeply, and whether they stay: by hand, and against plain counting."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.inference import difference_of_shares
from tests.drawn import drawn
from tests.lent import empty_warehouse

# Eight days; the first half ends on the fourth midnight.  ann uses f early and stays, bob uses it and leaves, cid never
# does and stays, dee never does and leaves, eve comes in the second half only.
LOG = """
ann 00:00 x 01:00 f +1d 01:00 f +2d 01:00 f +4d 01:00 f +1d x
bob 00:00 x +1d 00:00 f
cid 00:00 x +5d x
dee 00:00 x
eve +6d 00:00 x 02:00 f
end 00:00 x +8d x
"""


def feature(log: str, **more: Any) -> dict[str, Any]:
    return dict(ask(drawn(log), {"ask": "adoption", "features": ["f"], **more})["features"][0])


def test_adoption_by_hand() -> None:
    found = feature(LOG)
    assert (found["adopters"], found["share"]) == (3, 0.5)
    assert found["median_seconds_to_first_use"] == 7200  # ann 1 h, eve 2 h, bob 24 h
    assert found["uses_per_adopter"] == 1 and (found["on_three_days"], found["share_on_three_days"]) == (1, pytest.approx(1 / 3))


def test_staying_is_judged_after_adoption() -> None:
    """eve adopts in the second half: she is no adopter of the first, nor one of the others, for she was not there."""
    staying = feature(LOG)["staying"]
    assert (staying["adopters"], staying["adopters_stayed"]) == (2, 1)
    assert (staying["others"], staying["others_stayed"]) == (3, 2)  # cid, dee and end
    told = difference_of_shares(1, 2, 2, 3)
    assert told and [staying["difference"], *staying["interval"]] == pytest.approx(list(told))


def test_staying_is_compared_among_those_who_did_as_much() -> None:
    """Busy customers use f and stay, quiet ones do neither; among either, f goes with nothing: all the difference is busyness."""
    busy = [f"b{n:02d} 00:00 {'f' if n % 4 else 'x'} x x x x +8d {'x' if n // 4 % 4 else ''}" for n in range(64)]
    quiet = [f"q{n:02d} 00:00 {'x' if n % 4 else 'f'} +8d {'' if n // 4 % 4 else 'x'}" for n in range(64)]
    staying = feature("\n".join([*busy, *quiet]))["staying"]
    assert staying["difference"] == pytest.approx((36 + 4 - 12 - 12) / 64) and staying["interval"][0] > 0 and staying["q"] < 0.01
    low, high = staying["alike"]["interval"]
    assert staying["alike"]["difference"] == pytest.approx(0) and low < 0 < high and staying["alike"]["q"] > 0.5


def test_time_to_first_use_leaves_out_who_had_used_it_before_the_scope() -> None:
    found = feature(LOG, scope={"start": "2026-03-04"})
    assert found["adopters"] == 2 and found["first_uses"] == 1  # ann had used it before; eve's first is in it


def test_the_customers_behind_a_feature_are_as_many_as_it_says() -> None:
    con, question = drawn(LOG), {"ask": "adoption", "features": ["f"]}
    assert ask(con, question | {"customers": {"feature": "f"}})["customers"]["ids"] == ["ann", "bob", "eve"]
    assert ask(con, question | {"customers": {"feature": "f", "deep": True}})["customers"]["ids"] == ["ann"]


def test_unnamed_features_are_those_that_many_but_not_all_use() -> None:
    assert [one["feature"] for one in ask(drawn(LOG), {"ask": "adoption"})["features"]] == ["f"]


def test_nothing_and_nobody_are_undefined() -> None:
    assert ask(empty_warehouse(), {"ask": "adoption"})["features"] == []
    found = ask(drawn(LOG), {"ask": "adoption", "features": ["ff"]})
    assert found["features"][0]["adopters"] == 0 and found["features"][0]["staying"]["interval"] is None
    assert "nearest known is 'f'" in found["warnings"][0]
    assert ask(drawn(LOG), {"ask": "adoption", "scope": {"start": "2027-01-01"}})["active"] == 0


@pytest.mark.parametrize("features", ["f", [], [1], ["f", "f"]])
def test_features_that_are_none_are_refused(features: Any) -> None:
    with pytest.raises(QuestionError):
        ask(drawn(LOG), {"ask": "adoption", "features": features})


@settings(max_examples=5, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("fgx")), min_size=1, max_size=6, unique=True), min_size=1, max_size=6)
)
def test_counts_agree_with_plain_counting(customers: list[list[tuple[int, str]]]) -> None:
    lines = [f"c{k} " + " ".join(f"2026-03-{2 + day:02d} {name}" for day, name in events) for k, events in enumerate(customers)]
    found = {one["feature"]: one for one in ask(drawn(*lines), {"ask": "adoption", "features": ["f", "g"]})["features"]}
    days = [day for events in customers for day, _ in events]
    middle = (min(days) + max(days)) // 2
    for name in "fg":
        used = [[day for day, event in events if event == name] for events in customers]
        assert found[name]["adopters"] == sum(bool(one) for one in used)
        assert found[name]["on_three_days"] == sum(len(set(one)) >= 3 for one in used)
        if middle > min(days):
            early = [any(day < middle for day in one) for one in used]
            stayed = [any(day >= middle for day, _ in events) for events in customers]
            there = [any(day < middle for day, _ in events) for events in customers]
            staying = found[name]["staying"]
            assert staying["adopters"] == sum(early) and staying["others"] == sum(there) - sum(early)
            assert staying["adopters_stayed"] == sum(a and s for a, s in zip(early, stayed, strict=True))
