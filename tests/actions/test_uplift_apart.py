"""What an order by predicted uplift goes by, and uplift told from our own ledger."""

from typing import Any

import numpy as np
import pytest

from journey.actions.uplift import UpliftQuestion, measure_uplift, uplift_actions
from journey.actions.uplift.apart import what_differs
from journey.actions.uplift.trial import Trial
from journey.ask import ask
from journey.features import Feature
from journey.scope import Scope
from tests.actions.campaigns import half, logged
from tests.actions.ledgers import proposals

VISITS = Feature("visits", "sessions", "Visits", "visits", True, scale="log")


def trial(values: np.ndarray, names: tuple[str, ...], features: tuple[Feature, ...] = ()) -> Trial:
    n = len(values)
    rows: dict[str, Any] = {"outcome": np.zeros(n), "arm": np.ones(n, int), "chance": np.full(n, 0.5), "person": np.arange(n)}
    return Trial(names=names, values=values, ids=None, treated="mail", control="nothing", features=features, **rows)


def test_the_first_fifth_is_held_against_the_last_in_the_features_own_units() -> None:
    """Ten customers, two in a fifth: the first came 9 and 3 times, the last never; who they are does not differ."""
    visits = np.array([9, 3, 1, 1, 1, 1, 1, 1, 0, 0])
    rows = trial(np.column_stack([np.log1p(visits), np.tile([0.0, 1.0], 5)]), ("visits", "stage: quiet"), (VISITS,))
    (one,) = what_differs(rows, np.arange(10)[::-1])
    assert (one.label, one.unit, one.first, one.last) == ("Visits", "visits", pytest.approx(6), 0)
    assert one.gap == pytest.approx(np.log([10, 4]).mean() / np.log1p(visits).std())


def test_fifths_that_are_alike_differ_in_nothing() -> None:
    assert what_differs(trial(np.ones((10, 1)), ("x",)), np.arange(10)) == ()
    assert what_differs(trial(np.ones((3, 1)), ("x",)), np.arange(3)) == ()


def test_every_order_ends_at_what_treating_everybody_adds() -> None:
    with logged(*half("m", "mail", 120, 36), *half("n", "nothing", 120, 12)) as con:
        found = measure_uplift(con, UpliftQuestion(action="Mail", draws=20), Scope())
        assert found.qini is not None and found.average.difference == pytest.approx(0.2)
        assert [float(part[-1]) for part in (found.qini.added, found.qini.low, found.qini.high)] == pytest.approx([0.2] * 3)


def test_our_own_ledger_tells_whom_an_action_without_a_campaign_helps() -> None:
    """110 were sent a note, 33 of whom buy; 110 are held out, 11 of whom buy; 10 stopped by a person count as meant to get it."""
    with logged(*half("m", None, 120, 33), *half("n", None, 110, 11)) as con:
        assert uplift_actions(con, Scope()) == ()  # nobody was assigned the mail, and nothing was proposed
        proposals(con, "Note", {f"m {place:03}": "sent" if place < 110 else "rejected" for place in range(120)})
        proposals(con, "Note", {f"n {place:03}": "holdout" for place in range(110)})
        assert uplift_actions(con, Scope()) == ("Note",)
        found = ask(con, {"ask": "uplift", "action": "Note", "draws": 20})
        assert (found["treated"], found["control"], found["enough"]) == ("Note", "held out", True)
        assert (found["average"]["n"], found["average"]["control_n"]) == (120, 110)
        assert found["average"]["difference"] == pytest.approx(33 / 120 - 11 / 110)
        assert uplift_actions(con, Scope(stop=1)) == ()  # as of a moment in the past the ledger does not count


def test_too_few_of_our_own_say_how_many_are_needed() -> None:
    with logged(*half("m", None, 60, 6), *half("n", None, 60, 6)) as con:
        proposals(con, "Note", {f"m {place:03}": "sent" for place in range(60)} | {f"n {place:03}": "holdout" for place in range(60)})
        assert ask(con, {"ask": "uplift", "action": "Note"})["enough"] == "60 of 100 rows needed with 'Note'"
