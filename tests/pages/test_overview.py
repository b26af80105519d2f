"""The Overview run by its script: its first sentence is true of any log, and each of its states is a designed one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
Open = Callable[..., AppTest]
DAY = 86_400_000
START = 1772409600000  # 2026-03-02


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """`opened(frame)`: the page, run on a workspace of its own that holds the log."""
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(frame: pl.DataFrame | None = None) -> AppTest:
        lent_folder(tmp_path, frame)
        return AppTest.from_file(SHELL, default_timeout=30).switch_page("overview.py").run()

    yield run
    from pages.parts.workspace import warehouse

    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def shop(days: int = 70, better: float = 0.0) -> pl.DataFrame:
    """300 visitors on two devices; on the telephone conversion rises by `better` in the last 30 days."""
    rng, rows = np.random.default_rng(11), []
    for day in range(days):
        for customer in rng.choice(300, 60, replace=False):
            device = "phone" if customer % 2 else "desktop"
            late = day >= days - 30 and device == "phone"
            rows.append((f"c{customer}", "Home", START + day * DAY + 1000, device, None))
            if rng.random() < 0.2 + better * late:
                rows.append((f"c{customer}", "Purchase", START + day * DAY + 60_000, device, float(np.round(rng.gamma(4, 10), 2))))
    names = ["customer", "event", "ts", "device", "revenue"]
    frame = pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)
    return frame.with_columns(pl.col("ts").cast(pl.Datetime("ms", "UTC")))


def answer(page: AppTest) -> str:
    assert not page.exception
    assert not page.error
    return page.header[0].value.replace("\\", "")


def captions(page: AppTest) -> str:
    return " | ".join(caption.value.replace("\\", "") for caption in page.caption)


def test_an_empty_workspace_shows_the_way_to_data(opened: Open) -> None:
    assert answer(opened()) == "There is nothing to see yet: no events are loaded."


def test_one_event_is_counted_and_nothing_is_made_of_it(opened: Open) -> None:
    page = opened(drawn_frame("ann 09:00 visit"))
    assert answer(page) == "Events per customer is 1.00 over 1 customer, with nothing to compare it with."
    assert "Not enough data yet" in captions(page)
    assert not [button for button in page.button if button.key and button.key.startswith("lead_")]


def test_a_log_without_the_shops_events_is_read_by_general_metrics(opened: Open) -> None:
    page = opened(drawn_frame("ann 09:00 visit +1d 10:00 visit", "bob 09:00 visit"))
    labels = [metric.label.removesuffix(" · north star") for metric in page.metric]
    assert labels == [
        "Events per customer",
        "Active customers",
        "New customers",
        "Sessions per customer",
        "Came back in 7 days",
    ]


def test_a_rise_is_told_with_what_carried_it(opened: Open) -> None:
    page = opened(shop(better=0.5))
    assert answer(page).startswith("Value per visitor rose ")
    assert answer(page).endswith("through higher conversion for phone.") or "for phone" in answer(page)
    assert "Parts of the change from" in captions(page)


def test_a_change_within_noise_is_called_so(opened: Open) -> None:
    assert "cannot be told from noise" in answer(opened(shop()))


def test_the_cards_say_value_change_and_margin(opened: Open) -> None:
    page = opened(shop(better=0.5))
    star = page.metric[0]
    assert star.label == "Value per visitor · north star"
    assert star.delta.startswith("+") and star.delta.endswith("%")


def test_three_leads_each_have_one_way_on(opened: Open) -> None:
    page = opened(shop(better=0.5))
    buttons = [button for button in page.button if button.key and button.key.startswith("lead_")]
    assert 1 <= len(buttons) <= 3
    assert all(button.label for button in buttons)


def test_names_from_the_data_are_shown_letter_by_letter(opened: Open) -> None:
    names = [":red[x]", "![a](http://example.org/a.png)"]
    rows = [(f"c{n}", names[k], START + n * 60_000 + k * 1000) for n in range(60) for k in range(2) if k == 0 or n % 3]
    frame = pl.DataFrame(rows, schema=["customer", "event", "ts"], orient="row").with_columns(pl.col("ts").cast(pl.Datetime("ms", "UTC")))
    page = opened(frame)
    shown = [page.header[0].value, *(text.value for text in page.caption), *(text.value for text in page.markdown)]
    assert not [text for text in shown if ":red[x" in text or "](http" in text]


def test_the_split_stands_in_the_address(opened: Open) -> None:
    page = opened(shop(better=0.5))
    assert page.selectbox(key="split").value == "device"
    page.selectbox(key="split").set_value("Nothing").run()
    assert not page.exception
    assert "for phone" not in answer(page)


def test_without_a_comparison_the_groups_are_shown_as_they_stand(opened: Open) -> None:
    page = opened(shop(days=50))
    assert "Value per visitor by device instead. Dotted: everyone, " in captions(page)
    assert not page.exception
