"""The Journey map run by its script: what it says first, who is behind a stage, and rules edited under one's eyes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
DAYS = 70
LOG = "\n".join(
    f"c{i} home"
    + (" product_page product_page search" if i % 4 else "")
    + (" +1d cart" if i % 4 > 1 else "")
    + (f" +{DAYS}d {'cart' if i % 6 == 4 else 'home'}" if i % 3 else "")
    for i in range(60)
)
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path / "w"))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(log: str, **address: str) -> AppTest:
        if log:
            lent_folder(tmp_path / "w", drawn_frame(log))
        app = AppTest.from_file(SHELL, default_timeout=90)
        app.query_params.update(address)
        app.switch_page("journey_map.py").run()
        assert not app.exception, app.exception
        return app

    yield run
    st.cache_resource.clear()
    st.cache_data.clear()


def said(app: AppTest) -> str:
    return app.header[0].value.replace("\\", "")


def charts(app: AppTest) -> int:
    return len(app.get("plotly_chart"))


def test_an_empty_workspace_says_what_to_do(opened: Open) -> None:
    assert "no events are loaded" in opened("").header[0].value


def test_one_customer_at_one_moment_is_not_enough(opened: Open) -> None:
    app = opened("ann a")
    assert said(app) == "Not enough data yet: 1 customer of 30 needed to say where the journey loses most."
    assert charts(app) == 1


def test_the_sentence_names_the_stage_where_most_went_quiet(opened: Open) -> None:
    app = opened(LOG, period="all")
    assert said(app) == "The journey loses most at consideration: 15 of 50 who came so far went quiet there."
    assert charts(app) == 7


def test_the_address_names_a_stage_and_lists_who_is_in_it(opened: Open) -> None:
    app = opened(LOG, period="all", stage="Lapsed", stage_list="true")
    assert "In lapsed" in [head.value for head in app.subheader]
    assert any("20 customers" in caption.value for caption in app.caption)


def test_a_stage_of_the_address_that_does_not_exist_is_passed_over(opened: Open) -> None:
    assert charts(opened(LOG, period="all", stage="Nowhere", who="nobody")) == 7


def test_a_change_that_moves_nobody_says_so(opened: Open) -> None:
    app = opened(LOG, period="all")
    app.session_state["stage_rules"], app.session_state["stage_rules_by"] = True, "text"
    app.run()
    app.text_area[0].set_value(app.text_area[0].value + "\n# a remark").run()
    assert any(line.value.replace("\\", "").endswith("Nobody would move.") for line in app.markdown)
    assert not [table for table in app.dataframe if table.key == "stage_rules_preview"]


def test_a_finished_log_offers_a_mark_that_has_people(opened: Open) -> None:
    app = opened("\n".join(f"c{i} a +1d a" for i in range(40)) + "\nzed +200d a", period="all")
    assert next(box.value for box in app.selectbox if box.label == "Who") == "stopped"
    assert [toggle.label for toggle in app.toggle if toggle.key == "stage_list"] == ["See these 40 customers"]


def test_a_set_stage_has_no_default_beside_it(opened: Open, caplog: pytest.LogCaptureFixture) -> None:
    app = opened(LOG, period="all")
    app.session_state["stage"], app.session_state["who"], app.session_state["stage_list"] = "decision", "stopped", True
    app.run()
    assert not app.exception and app.segmented_control[0].value == "decision"
    assert "created with a default value" not in caplog.text


def test_names_are_shown_letter_by_letter(opened: Open) -> None:
    app = opened("\n".join(f"c{i} :red[x] ![a](http://b)" for i in range(40)))
    assert "![" not in app.header[0].value


def test_rules_are_checked_previewed_and_saved(opened: Open, tmp_path: Path) -> None:
    app = opened(LOG, period="all")
    app.session_state["stage_rules"], app.session_state["stage_rules_by"] = True, "text"
    app.run()
    app.text_area[0].set_value("[[stage]]\nname = 3").run()
    assert "name of 1 to 60" in app.error[0].value
    app.text_area[0].set_value('[[stage]]\nname = "buyer"\nrule = { did = "cart" }\n[[stage]]\nname = "rest"\n').run()
    assert any("not saved yet: 60 of 60 customers would be in another stage." in line.value.replace("\\", "") for line in app.markdown)
    assert said(app).startswith("The journey loses most at consideration")
    next(button for button in app.button if button.label == "Save these rules").click().run()
    assert not app.exception
    assert 'name = "buyer"' in (tmp_path / "w" / "stages.toml").read_text()
    assert said(app) == "The journey loses most at rest: 25 of 60 who came so far went no further."
    next(button for button in app.button if button.label == "Back to the shipped rules").click().run()
    assert not (tmp_path / "w" / "stages.toml").exists()
