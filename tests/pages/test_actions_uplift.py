"""Whom an action helps, on the page Actions run by its script: asked for, told, listed, and put in force."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.actions.catalog import actions_in_force
from journey.catalogs import keep_text
from journey.warehouse import open_warehouse
from tests.actions.campaigns import MAIL_ALONE, MAPPING, START, half
from tests.lent import lent_folder
from tests.pages.test_actions_page import SHELL, texts, warehouse


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The view of results, of a campaign that added 20 points to everybody alike."""
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    rows = [row for one in (*half("m", "mail", 120, 36), *half("n", "nothing", 120, 12)) for row in one]
    last = {"customer": "zoe", "event": "visit", "ts": START.replace(month=4)}
    lent_folder(tmp_path, pl.DataFrame([*rows, last], infer_schema_length=None), MAPPING)
    with open_warehouse(tmp_path) as con:
        keep_text(con, "actions.toml", MAIL_ALONE)
    made = AppTest.from_file(SHELL, default_timeout=60)
    made.query_params.update({"actions_view": "Results"})
    made.session_state["acting_as"] = "Ann"
    yield made.switch_page("actions.py").run()
    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def test_it_is_learned_for_who_asks_told_listed_and_put_in_force(page: AppTest) -> None:
    assert not page.exception and "Learning it takes some seconds" in texts(page)
    page.toggle(key="uplift_see").set_value(True).run()
    assert not page.exception, page.exception
    told = texts(page)
    assert "Who gains more from Mail cannot be told from chance: take it to add +20.0 pts" in told
    assert "120 decisions with it, 120 without · 240 customers" in told and "the same to every customer of a stage" in told

    page.button_group(key="uplift_tenth").set_value(3).run()
    assert not page.exception, page.exception
    assert "24 customers. Select a row" in texts(page) and len(page.dataframe[-1].value) == 24

    page.button(key="uplift_personal").click().run()
    assert not page.exception, page.exception
    assert actions_in_force(warehouse()).guardrails.personal is True
    assert "as none is told from chance, Mail adds the same to all of a stage" in texts(page)
