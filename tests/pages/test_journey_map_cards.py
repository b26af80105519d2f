"""The cards under the journey map: their numbers have their people, starter sets can be taken, events chosen by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.drawn import drawn_frame
from tests.lent import lent_folder
from tests.pages.test_journey_map import LOG, SHELL

Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path / "w"))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(log: str, **address: str) -> AppTest:
        lent_folder(tmp_path / "w", drawn_frame(log))
        app = AppTest.from_file(SHELL, default_timeout=90)
        app.query_params.update({"period": "all", **address})
        app.switch_page("journey_map.py").run()
        assert not app.exception, app.exception
        return app

    yield run
    st.cache_resource.clear()
    st.cache_data.clear()


def texts(app: AppTest) -> list[str]:
    return [line.value.replace("\\", "") for line in [*app.markdown, *app.caption]]


def test_who_went_quiet_is_listed_and_as_many_as_the_card_says(opened: Open) -> None:
    app = opened(LOG)
    assert "100% (60) went quiet; 0% went back to an earlier stage." in texts(app)
    next(box for box in app.selectbox if box.label == "Who moved so").set_value("exit").run()
    assert not app.exception and "Went quiet" in [head.value for head in app.subheader]
    assert any(text.startswith("60 customers") for text in texts(app))


def test_too_few_to_try_say_how_many_are_needed(opened: Open) -> None:
    app = opened(LOG, stage_try="true")
    assert any("Not enough data yet:" in text and "before the first date tried" in text for text in texts(app))


def test_another_starter_set_is_taken_and_taken_back(opened: Open, tmp_path: Path) -> None:
    app = opened(LOG)
    app.session_state["stage_rules"] = True
    app.run()
    assert any("fits your events best" in text and "2 of 5 rules find their events" in text for text in texts(app))
    next(box for box in app.selectbox if box.label == "Another starter set").set_value("stages_media").run()
    next(button for button in app.button if button.label == "Use this set").click().run()
    assert not app.exception and 'name = "audience"' in (tmp_path / "w" / "stages.toml").read_text()
    assert any("which you chose" in text for text in texts(app))
    next(button for button in app.button if button.label == "Back to the shipped rules").click().run()
    assert not (tmp_path / "w" / "stages.toml").exists()


def test_events_of_a_stage_are_chosen_by_hand_and_previewed(opened: Open, tmp_path: Path) -> None:
    app = opened(LOG)
    app.session_state["stage_rules"] = True
    app.run()
    next(box for box in app.selectbox if box.label == "Stage").set_value("advocacy").run()
    chosen = app.multiselect[0]
    chosen.set_value([*chosen.value, "cart"]).run()
    assert not app.exception, app.exception
    assert any("would be in another stage" in text for text in texts(app))
    next(button for button in app.button if button.label == "Save these rules").click().run()
    assert '"cart"' in (tmp_path / "w" / "stages.toml").read_text().split('name = "advocacy"')[1].split("[[stage]]")[0]
