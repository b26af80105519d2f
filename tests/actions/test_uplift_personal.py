"""What an action adds for each customer: said only where it helps some more than others."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from journey.actions.catalog import actions_in_force
from journey.actions.choose.situation import situation_of
from journey.actions.uplift import learned_uplift
from journey.catalogs import reset_catalog, write_catalog
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.actions.campaigns import CATALOG, START, half, logged, person

AS_OF = int((START + timedelta(days=2, hours=12)).timestamp() * 1000)
PERSONAL = CATALOG.replace("margin = 0.5", "margin = 0.5\npersonal = true")


def fans_and_others(seed: int = 2, n: int = 500) -> list[list[dict[str, Any]]]:
    """Half visit five times more before the decision; the mail adds 60 points to a purchase of theirs, and nothing to the others."""
    rng, found = np.random.default_rng(seed), []
    for k in range(n):
        fan, mailed = k % 2 == 0, bool(rng.random() < 0.5)
        buys = bool(rng.random() < 0.15 + 0.6 * fan * mailed)
        rows = person(f"{'fan' if fan else 'other'} {k:03}", "mail" if mailed else "nothing", buys)
        visits = [{"customer": rows[0]["customer"], "event": "visit", "ts": START + timedelta(hours=10 + hour)} for hour in range(5)]
        found.append(rows + (visits if fan else []))
    return found


@pytest.fixture(scope="module")
def con() -> Iterator[Warehouse]:
    with logged(*fans_and_others(), catalog=PERSONAL) as opened:
        yield opened


def test_whom_the_mail_helps_is_expected_to_gain_more(con: Warehouse) -> None:
    learned = learned_uplift(con, "Mail")
    assert learned is not None and learned.decisions == 500
    added = learned.of(con, ["fan 000", "other 001", "nobody"], AS_OF)
    assert set(added) == {"fan 000", "other 001"}
    (fan, fan_error), (other, other_error) = added["fan 000"], added["other 001"]
    assert fan == pytest.approx(0.6, abs=3 * fan_error) and other == pytest.approx(0.0, abs=3 * other_error)
    assert fan - other > 2 * np.hypot(fan_error, other_error)
    assert learned.as_plain()["weights"][0]["by_one_sd"] != 0


def test_choosing_goes_by_a_customers_own_effect_where_the_guardrails_ask_for_it(con: Warehouse) -> None:
    effects = situation_of(con, Scope()).effects
    own, all_ = effects.of("Mail", None, "fan 000"), effects.of("Mail")
    assert own.mean is not None and all_.mean is not None and own.mean != all_.mean
    assert "look like this one" in own.told and own.source == "experiment"
    assert effects.of("Call", None, "fan 000") == effects.of("Call")  # it was never tried
    assert effects.of("Mail", None, "nobody") == all_


def test_where_they_do_not_ask_for_it_all_of_a_stage_are_alike() -> None:
    con = logged(*half("mailed", "mail", 60, 30), *half("left", "nothing", 60, 12))
    assert not situation_of(con, Scope()).effects.personal
    reset_catalog(con, "actions")
    assert not actions_in_force(con).guardrails.personal  # nor does the shipped catalog


def test_where_all_are_helped_alike_nothing_personal_is_said() -> None:
    con = logged(*half("mailed", "mail", 110, 55), *half("left", "nothing", 110, 22))
    assert learned_uplift(con, "Mail") is None
    assert learned_uplift(con, "Call") is None  # it has no campaign
    write_catalog(con, "actions", PERSONAL)
    assert not situation_of(con, Scope()).effects.personal
