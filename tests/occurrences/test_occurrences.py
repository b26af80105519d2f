"""The rows that a step names in the index are those that its SQL names in the table."""

from typing import Any

import numpy as np
import pytest

from journey.index import index_of
from journey.occurrences import EVERYONE, Occurrences
from journey.rules import Binder
from journey.scope import Scope
from journey.warehouse import Warehouse, ask_sql
from tests.drawn import drawn
from tests.index.test_index import built

LOG = (
    "ann 09:00 visit{device=phone,price=3} 09:05 cart{device=desk} 12:00 visit{price=5.5}",
    "bob 08:00 visit{device=phone} 08:00 visit{device=Phone} +1d 08:00 pay{price=5.5,sure=true}",
    "cat 10:00 cart{price=-1,sure=false}",
)
STEPS: list[Any] = [
    "visit",
    "unknown",
    None,
    {"any_of": ["visit", "cart"]},
    {"any_of": ["visit", {"event": "visit", "where": {"device": "phone"}}, "nowhere"]},
    {"event": "visit", "where": {"device": "phone"}},
    {"event": "visit", "where": {"device": ["phone", "Phone"], "price": {"op": "is_null"}}},
    {"event": None, "where": {"price": {"op": "gt", "value": 3}}},
    {"event": None, "where": {"price": {"op": "ne", "value": 5.5}}},
    {"event": None, "where": {"device": {"op": "not_in", "value": ["phone"]}}},
    {"event": None, "where": {"device": {"op": "contains", "value": "hon"}}},
    {"event": None, "where": {"device": None}},
    {"event": None, "where": {"sure": True}},
    {"event": "cart", "where": {"unknown": 1}},
]


def asked(con: Warehouse) -> Occurrences:
    return Occurrences(con, built(con), Binder(con))


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_step_names_the_same_rows(step: Any) -> None:
    with drawn(*LOG) as con:
        binder = Binder(con)
        match = binder.match(step)
        rows = ask_sql(
            con, f"select row_number() over (order by customer, ts, seq) - 1 as at, ({match.sql}) as named from events e", binder.params
        )
        found = asked(con).of(step)
        assert found.rows.tolist() == sorted(rows.filter(rows["named"])["at"].to_list())
        index = index_of(con)
        assert index is not None and found.keys[1:-8].tolist() == index.keys[found.rows].tolist()


def test_a_segment_is_a_mask_of_customers() -> None:
    with drawn(*LOG) as con:
        assert asked(con).people(Scope()) is EVERYONE
        assert asked(con).people(Scope(segment={"did": "cart"})).tolist() == [1, 0, 1, 0]


def test_labels_are_texts_and_nothing_is_the_first() -> None:
    with drawn(*LOG) as con:
        found = asked(con)
        price = found.binder.property("price")
        assert price is not None
        column = found.labels(price)
        told = np.array(column.values["value"].to_list(), dtype=object)[column.codes].tolist()
        assert told == ask_sql(con, f"select {price.text('e')} as told from events e order by customer, ts, seq")["told"].to_list()
        assert column.values["value"][0] is None


def test_a_scope_is_a_stretch_of_keys() -> None:
    with drawn(*LOG) as con:
        found = asked(con)
        start = found.index.origin + 60_000
        assert found.keys_between(Scope(start=start, stop=start + 1)) == (60_000, 60_001)
        assert found.keys_between(Scope(start=0, stop=1)) == (0, 0)
        assert found.keys_between(Scope())[0] == 0
