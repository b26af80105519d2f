"""What is told of a prediction before anything is learned: counts of those asked about, and what learning would ask for."""

import pytest

from journey.predict import measure_predict, read_predict
from journey.predict.drafted import Draft, measure_draft
from journey.scope import Scope
from journey.warehouse import Warehouse, open_warehouse
from tests.drawn import drawn

LOG = """
ann 2026-03-02 visit 2026-03-20 visit 2026-03-30 visit
bob 2026-03-02 visit 2026-03-21 buy
cat 2026-03-12 visit 2026-03-19 visit
dee 2026-03-19 visit 2026-03-25 buy
"""


def drafted(con: Warehouse, **outcome: object) -> Draft:
    return measure_draft(con, read_predict({"outcome": outcome}))


def test_a_draft_counts_who_is_asked_now_and_for_whom_it_came_last_time() -> None:
    found = drafted(drawn(LOG), did="buy", within="10d", again=False)
    # the data end on 30 March; the last day whose ten days are known is the 20th: by then ann, bob, cat and dee had come
    assert (found.as_of, found.asked, found.came) == (1_773_964_800_000, 4, 2)
    assert found.now == 2 and found.base_rate == 0.5  # bob and dee have bought; ann and cat are left
    assert found.interval == pytest.approx((0.150, 0.850), abs=1e-3)
    assert found.missing == "the log spans 28 of the 90 days needed"


def test_those_who_were_not_active_lately_are_not_asked() -> None:
    assert drafted(drawn(LOG), inactive_for="7d", active_within="6d").now == 2  # ann and dee since the 24th


def test_an_empty_log_and_one_too_short_say_so() -> None:
    nothing = drafted(open_warehouse(":memory:"), inactive_for="7d")
    assert (nothing.now, nothing.base_rate, nothing.missing) == (0, None, "nothing is loaded")
    short = drafted(drawn("ann 09:00 visit"), inactive_for="7d")
    assert short.now == 1 and short.as_of is None and short.base_rate is None and "0 of the 90 days" in short.missing


@pytest.mark.parametrize(
    "log", [LOG, *("\n".join(f"c{k} 2026-01-01 visit +{k}d visit +{gap}d visit" for k in range(40)) for gap in (60, 200))]
)
def test_what_is_missing_is_what_learning_says_is_missing(log: str) -> None:
    con, question = drawn(log), read_predict({"outcome": {"inactive_for": "14d"}})
    assert measure_draft(con, question).missing == measure_predict(con, question, Scope()).enough != ""


def test_the_plain_draft_says_how_it_was_counted() -> None:
    plain = drafted(drawn(LOG), did="buy", within="10d").as_plain()
    assert plain["population"] == plain["asked"] == 4 and plain["foretells"] == "does “buy” within 10 days" and plain["sql"]
