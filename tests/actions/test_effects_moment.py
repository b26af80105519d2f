"""From which moment of the log the outcome of a proposal counts, where the machine's clock and the log's are not one."""

import pytest

from journey.actions.effects.moment import DECIDED_AT, decided_at
from journey.warehouse import one
from tests.actions.shop import proposal
from tests.lent import empty_warehouse

DAY = 86_400_000
CASES = {  # facts until, booked at, log until -> outcomes from, by day
    "a daily run some hours after the log's end": (10, 10.2, 14, 10.2),
    "a log of the past, replayed": (10, 60, 40, 10),
    "a log that was behind and caught up": (10, 32, 35, 32),
    "a log that is behind and has not caught up": (10, 32, 20, 10),
    "a log ahead of the machine": (70, 60, 90, 70),
    "both at one moment": (10, 10, 14, 10),
    "the log ends as it was booked": (10, 12, 12, 12),
}


@pytest.mark.parametrize("name", CASES)
def test_outcomes_count_from_the_decision_by_the_logs_clock(name: str) -> None:
    as_of, proposed_at, until, expected = (round(day * DAY) for day in CASES[name])
    assert decided_at(proposal(as_of=as_of, act_by=as_of + DAY, proposed_at=proposed_at), until) == expected
    sql = f"select {DECIDED_AT} from (select $facts::bigint as as_of, $booked::bigint as proposed_at) p"
    assert one(empty_warehouse(), sql, {"facts": as_of, "booked": proposed_at, "as_of": until + 1}) == expected


def test_of_an_empty_log_the_facts_say_when() -> None:
    assert decided_at(proposal(), None) == proposal().as_of
