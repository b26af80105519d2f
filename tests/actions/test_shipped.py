"""The shipped triggers, each at the customers its sentence tells of and at their nearest neighbours."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from journey.actions.catalog import actions_in_force
from journey.actions.triggers import due
from journey.warehouse import Warehouse
from tests.drawn import drawn

LOG = """
full 2026-05-20 11:00 add_to_cart{price=25}
small 2026-05-20 11:00 add_to_cart{price=5}
three 2026-05-20 10:00 add_to_cart{price=5} 10:01 add_to_cart{price=5} 11:00 add_to_cart{price=5}
fresh 2026-05-20 11:00 add_to_cart{price=25} 11:01 add_to_cart{price=5}
paid 2026-05-20 10:00 add_to_cart{price=25} 10:30 purchase{revenue=25}
old 2026-05-17 11:59 add_to_cart{price=25}
looker 2026-05-19 10:00 view 10:01 view 10:02 view 10:03 view 10:04 view
browser 2026-05-19 10:00 view 10:01 view 10:02 view 10:03 view
chooser 2026-05-19 10:00 view 10:01 view 10:02 view 10:03 view 10:04 view 10:05 add_to_cart{price=1}
till 2026-05-20 10:00 checkout 10:30 view
payer 2026-05-20 10:00 checkout 10:05 payment
again 2026-05-01 10:00 purchase{revenue=5} 2026-05-10 10:00 purchase{revenue=5}
today 2026-05-10 10:00 purchase{revenue=5} 2026-05-20 10:00 purchase{revenue=5}
once 2026-05-10 10:00 purchase{revenue=5}
less 2026-04-10 10:00 view 2026-04-15 10:00 view 2026-04-20 10:00 view 2026-05-01 10:00 view 2026-05-19 10:00 email_sent
rare 2026-04-15 10:00 view 2026-04-20 10:00 view
dated 2026-05-01 10:00 note{renewal_date=2026-05-30}
later 2026-05-01 10:00 note{renewal_date=2026-06-30}
plus 2026-04-25 10:00 plus_renewed
gone 2026-04-25 10:00 plus_renewed 2026-05-01 10:00 plus_cancelled
earner 2026-05-10 10:00 reward_earned
user 2026-05-10 10:00 reward_earned 2026-05-15 10:00 reward_used
new 2026-05-15 10:00 reward_earned
rich 2026-04-20 10:00 purchase{revenue=120}
here 2026-04-20 10:00 purchase{revenue=120} 2026-05-19 10:00 note
poor 2026-04-20 10:00 purchase{revenue=20}
"""
NOON = int(datetime(2026, 5, 20, 12, tzinfo=UTC).timestamp() * 1000)
WHOM = {
    "Abandoned basket": {"full", "three"},
    "Looked without a basket": {"looker"},
    "Stalled at the till": {"till"},
    "Bought again": {"again"},
    "Coming less": {"less"},
    "Renewal near": {"dated", "plus"},
    "Unused reward": {"earner"},
    "Worth much and at risk": {"rich"},
    "Quiet after orders": {"rich", "poor"},
}


@pytest.fixture(scope="module")
def shop() -> Iterator[Warehouse]:
    with drawn(LOG) as con:
        yield con


@pytest.mark.parametrize("name", WHOM)
def test_a_shipped_trigger_holds_for_whom_its_sentence_tells_of(shop: Warehouse, name: str) -> None:
    found = {trigger.name: trigger for trigger in actions_in_force(shop).triggers}
    assert set(found) == set(WHOM) and not found[name].lacking
    assert set(due(shop, found[name], NOON)) == WHOM[name]


def test_a_basket_is_abandoned_after_an_hour_without_a_purchase_and_not_before(shop: Warehouse) -> None:
    basket = next(trigger for trigger in actions_in_force(shop).triggers if trigger.name == "Abandoned basket")
    assert "full" not in due(shop, basket, NOON - 1) and "full" in due(shop, basket, NOON)
    assert "fresh" in due(shop, basket, NOON + 60_000) and "paid" not in due(shop, basket, NOON + 3_600_000)
