"""What comes next, on the Paths page and the Journey map: the statement, its people, and what is said of too little."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
SHOP = "\n".join(f"c{i} +{i // 8}d 09:00 home 09:01 search 09:02 {'buy' if i % 4 else 'home'}" for i in range(160))
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(page: str, log: str, **address: str) -> AppTest:
        lent_folder(tmp_path, drawn_frame(log))
        app = AppTest.from_file(SHELL, default_timeout=60)
        app.query_params.update({"period": "all", **address})
        app.switch_page(page).run()
        assert not app.exception, app.exception
        return app

    yield run
    from pages.parts.workspace import warehouse

    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def told(app: AppTest) -> str:
    return " ".join(one.value.replace("\\", "") for one in (*app.markdown, *app.caption, *app.subheader))


def test_the_statement_its_proof_and_its_people(opened: Open) -> None:
    app = opened("paths.py", SHOP, next_after="search", next_before="home", next_who="buy came next")
    text = told(app)
    assert "After home → search, buy comes next 75.0% of the time" in text
    assert "Seen 152 times, by 152 customers" in text, "the last day's eight may not be over"
    assert "always the commonest" in text, text
    assert "buy came after home then search" in text and "114 customers" in text


def test_a_tiny_log_says_what_is_missing(opened: Open) -> None:
    text = told(opened("paths.py", "ann 09:00 home"))
    assert "not enough data" in text and "0 of 100 events needed" in text


def test_each_stage_has_its_likely_next(opened: Open) -> None:
    text = told(opened("journey_map.py", SHOP, next_stage_who="In awareness now"))
    assert "Nobody moved from one stage to another yet." in text
    assert "Likely next stage" in text and "the one 1 day later" in text
