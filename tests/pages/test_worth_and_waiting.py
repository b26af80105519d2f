"""What customers are worth, on the Retention page, and how long until, on the Journeys page, run by their scripts."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.drawn import drawn_frame
from tests.lent import lent_folder
from tests.predict.lifetime.test_lifetime import MAPPING, shop

CARD = """
import streamlit as st
from pages.parts.frame import open_page, sentences
from pages.parts.{module} import {show}
page = open_page("Card")
with sentences():
    {show}(page)
"""
WAITS = "\n".join(
    f"c{k:02d} view{{device={'phone' if k // 4 % 2 else 'desk'}}}" + (f" +{1 + k // 4}d buy" if k % 4 < 3 else "") for k in range(40)
)
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path / "w"))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(module: str, show: str, frame: pl.DataFrame, mapped: bool = False, **address: str) -> AppTest:
        lent_folder(tmp_path / "w", frame, MAPPING if mapped else None)
        app = AppTest.from_string(CARD.format(module=module, show=show), default_timeout=60)
        app.query_params.update(address)
        app.run()
        assert not app.exception, app.exception
        return app

    yield run
    st.cache_resource.clear()
    st.cache_data.clear()


def worth(opened: Open, frame: pl.DataFrame, mapped: bool = True, **address: str) -> AppTest:
    return opened("retention_worth", "show_worth", frame, mapped, **address)


def words(app: AppTest) -> str:
    return " ".join(re.sub(r"\\(.)", r"\1", text.value) for text in [*app.markdown, *app.caption, *app.subheader])


def shop_frame() -> pl.DataFrame:
    whole = shop().connection.sql(
        "select k.id as customer, n.name as event, make_timestamptz(e.ts * 1000) as ts, e.p_price as price "
        "from events e join customers k using (customer) join event_names n using (event)"
    )
    return whole.pl()


def test_a_short_history_says_what_is_missing(opened: Open) -> None:
    app = worth(opened, drawn_frame("ann buy{price=5} +3d buy{price=2}", "bob look"))
    assert "Not enough history yet" in words(app) and "1 of 1,000 customers" in words(app) and not app.get("plotly_chart")


def test_a_log_without_numbers_has_no_card(opened: Open) -> None:
    assert not worth(opened, drawn_frame("ann buy"), mapped=False).subheader


def test_without_a_mapping_the_event_is_asked_for(opened: Open) -> None:
    assert "No revenue is mapped" in words(worth(opened, drawn_frame("ann buy{price=5}"), mapped=False))


def test_the_forecast_stands_beside_its_check_and_a_tenth_is_as_long_as_its_list(opened: Open) -> None:
    app = worth(opened, shop_frame(), worth_tenth="Most valuable tenth")
    assert "Over the next 90 days 1,400 customers are expected to bring" in words(app)
    assert len(app.get("plotly_chart")) == 2 and "came" in words(app)
    assert "Most valuable tenth: 140 customers" in words(app) and "140 customers." in words(app)


def test_the_wait_is_told_with_its_table_and_who_still_waits(opened: Open) -> None:
    frame = drawn_frame(WAITS + "\nend +30d look")
    app = opened("journeys_waiting", "show_waiting", frame, waiting_from="view", waiting_to="buy", waiting_who="Who has not yet")
    assert "Half have come to buy within 7.0 d (5.0 d to 9.0 d); 10 of 40 have not yet." in words(app)
    assert "10 customers have not come to buy yet" in words(app) and len(app.get("plotly_chart")) == 1
    assert np.array_equal(app.dataframe[0].value["Began"], [40])


def test_groups_are_compared_and_an_address_of_nothing_known_falls_back(opened: Open) -> None:
    frame = drawn_frame(WAITS + "\nend +30d look")
    app = opened("journeys_waiting", "show_waiting", frame, waiting_from="view", waiting_to="buy", waiting_by="device")
    assert "The groups by device are not told apart from chance" in words(app)


def test_an_address_of_nothing_known_falls_back(opened: Open) -> None:
    app = opened("journeys_waiting", "show_waiting", drawn_frame("ann view +1d buy"), waiting_to="nothing", waiting_by="![x](y)")
    assert "How long until" in words(app)
