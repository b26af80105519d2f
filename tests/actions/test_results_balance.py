"""Where the dice did not fall as they were said to, there is no verdict."""

import numpy as np
import polars as pl

from journey.actions.results import measure_results, read_results
from journey.actions.results.balance import off_chances, off_share
from journey.scope import Scope
from tests.actions.campaigns import half, logged
from tests.actions.ledgers import proposals


def rows(named: list[str], chance: list[float]) -> pl.DataFrame:
    return pl.DataFrame({"named": named, "chance": chance, "customer": list(range(len(named)))})


def test_chances_that_fit_what_was_drawn_raise_no_alarm() -> None:
    assert off_chances(rows(["mail"] * 90 + ["nothing"] * 110, [0.5] * 200), ("mail", "nothing")) == ""


def test_chances_that_do_not_fit_raise_an_alarm_that_names_the_action() -> None:
    """150 of 200 by a chance of one half: 1.5 times as often, 8 standard errors off."""
    told = off_chances(rows(["mail"] * 150 + ["nothing"] * 50, [0.5] * 200), ("mail", "nothing"))
    assert "'mail' was drawn 1.50 times as often" in told
    assert off_chances(rows(["mail"] * 75 + ["nothing"] * 24, [0.5] * 99), ("mail", "nothing")) == ""  # too few to say


def test_a_holdout_that_is_not_the_share_it_should_be_raises_an_alarm() -> None:
    """sqrt(1000 x .1 x .9) = 9.49; 3.29 of them are 31.2."""
    assert off_share(131, 1000, 0.1) == "" and "131" not in off_share(100, 1000, 0.1)
    assert "of 1,000 customers 132 were held out, where the dice mean 10%" in off_share(132, 1000, 0.1)
    assert off_share(60, 120, 0.0) == ""  # a property says who


def test_an_alarm_is_rare_where_all_is_well() -> None:
    rng, alarms = np.random.default_rng(1), 0
    for _ in range(500):
        drawn = rng.random(300) < 0.3
        frame = rows(np.where(drawn, "mail", "nothing").tolist(), np.where(drawn, 0.3, 0.7).tolist())
        alarms += bool(off_chances(frame, ("mail", "nothing")))
    assert alarms <= 5  # of 500, at one in a thousand for each of the two names


def test_an_alarm_takes_the_place_of_the_verdict() -> None:
    con = logged(*half("m", "mail", 150, 60), *half("n", "nothing", 60, 6))
    proposals(con, "Note", {f"m {place:03}": "sent" for place in range(60)} | {f"n {place:03}": "holdout" for place in range(60)})
    mail, _, note, _ = measure_results(con, read_results({}), Scope()).actions
    for found, words in ((mail.compared[0], "'mail' was drawn"), (note.compared[0], "60 were held out")):
        assert found.lift is not None and found.verdict == "not to be trusted"
        assert words in found.sentence and found.as_plain()["alarm"] == found.sentence
