"""Planning an experiment on the page run by its script, locking it, changing it in the open; and finding again what was learned."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.experiments.plan import plan_of
from journey.experiments.read import measure_experiment, read_experiment
from journey.experiments.record import decide
from journey.scope import Scope
from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
ODD = "<b>Cart</b>$x$"
LOG = "\n".join(
    f"c{k} +{k % 28}d 09:00 visit 09:01 shown{{experiment={ODD},variant={'ab'[k % 2]}}}" + (" 10:00 order" if k % 10 < 3 + k % 2 else "")
    for k in range(280)
)
CARTS = {k: " 09:30 cart" if k % 2 == 0 or k % 5 == 0 else "" for k in range(140)}
PLAIN = "\n".join(f"c{k} +{k % 28}d 09:00 visit{cart}" + (" 10:00 order" if k % 5 == 0 else "") for k, cart in CARTS.items())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path
    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def warehouse() -> Any:
    from pages.parts.workspace import warehouse

    return warehouse()


def opened(folder: Path, log: str, **address: str) -> AppTest:
    lent_folder(folder, drawn_frame(log))
    page = AppTest.from_file(SHELL, default_timeout=60)
    page.query_params.update(address)
    return page.switch_page("experiments.py").run()


def texts(page: AppTest) -> str:
    assert not page.exception, page.exception
    shown = [*page.header, *page.subheader, *page.markdown, *page.caption, *page.error]
    return "\n".join(str(one.value) for one in shown).replace("\\", "")


def keyed(widgets: Any, ending: str) -> Any:
    return next(widget for widget in widgets if widget.key and widget.key.endswith(ending))


def button(page: AppTest, key: str) -> Any:
    return next(one for one in page.button if one.key == key)


def test_a_plan_is_written_locked_and_changed_in_the_open(folder: Path) -> None:
    page = opened(folder, PLAIN, experiments_view="Archive")
    assert "Nothing was tried yet" in page.header[0].value
    button(page, "archive_plan").click().run()
    assert "It takes" in page.header[0].value and "Give it a name" in texts(page)
    needed = {one.label: one.value for one in page.metric}["Per variant"]
    next(one for one in page.select_slider if one.label == "Smallest effect worth finding").set_value(0.2)
    keyed(page.text_input, "_name").set_value("short")
    keyed(page.text_area, "_hypothesis").set_value("Fewer pages, more orders.")
    keyed(page.text_input, "_about").set_value("checkout, form")
    keyed(page.text_input, "acting_as").set_value("Ann")
    page.run()
    assert {one.label: one.value for one in page.metric}["Per variant"] != needed
    assert "A change from 20.0% to 24.0% shall not be missed." in texts(page)
    keyed(page.selectbox, "_at").set_value("cart").run()  # the share that was chosen stays, of another value
    assert "A change from 32.5% to 39.0% shall not be missed." in texts(page)
    button(page, "plan_add_guardrail").click().run()
    assert sum(one.label == "Tolerated" for one in page.number_input) == 1
    page = page.switch_page("retention.py").run().switch_page("experiments.py").run()  # the draft stays
    assert keyed(page.text_area, "_hypothesis").value == "Fewer pages, more orders."
    button(page, "plan_lock").click().run()
    planned = plan_of(warehouse(), "short")
    assert planned is not None and planned.locked and planned.locked_by == "Ann" and planned.plan.about == ("checkout", "form")
    assert [metric.role for metric in planned.plan.metrics] == ["primary", "guardrail"]
    assert planned.plan.units_per_arm and planned.plan.days and planned.plan.days % 7 == 0
    assert "before anybody was shown a variant" in page.header[0].value and planned.hash[:10] in texts(page)
    assert page.session_state["experiment"] == "short"  # its results are looked at next
    button(page, "plan_change").click().run()
    keyed(page.text_area, "_hypothesis").set_value("Fewer fields, more orders.")
    page.run()
    assert button(page, "plan_save").disabled  # a change needs a reason
    page.text_input(key="plan_reason").set_value("The form was cut once more.").run()
    button(page, "plan_save").click().run()
    assert "1 change since" in page.header[0].value
    changed = plan_of(warehouse(), "short")
    assert changed is not None and [field.field for field in changed.changes[0].fields] == ["hypothesis"]
    told = texts(page)
    assert "The form was cut once more." in told and "~~Fewer pages, more orders.~~ → Fewer fields, more orders." in told


def test_what_was_learned_is_found_again(folder: Path) -> None:
    page = opened(folder, LOG, experiments_view="Archive")
    assert page.header[0].value.replace("\\", "") == "1 experiment: 1 running."
    con = warehouse()
    reading = measure_experiment(con, read_experiment({"experiment": ODD, "control": "a"}), Scope())
    decide(con, reading, "stop", by="Ann", why="It brings nothing.", learned="Fewer pages alone do not help.")
    page.run()
    told = texts(page)
    assert "1 stopped" in page.header[0].value and "Fewer pages alone do not help." in told and "Stop, by Ann" in told
    assert ODD in told and len(page.get("plotly_chart")) == 1
    button(page, f"archive_{ODD}_who").click().run()
    assert f"{reading.split.arms[0].units + reading.split.arms[1].units} customers were shown a variant" in texts(page)
    page.text_input(key="archive_about").set_value("delivery").run()
    assert "Nothing was tried about delivery" in page.header[0].value and not page.get("plotly_chart")
    page.text_input(key="archive_about").set_value("what did we learn about pages?").run()
    assert "1 experiment about pages" in page.header[0].value
    button(page, f"archive_{ODD}_plan").click().run()
    assert page.session_state["experiments_view"] == "Plan" and keyed(page.text_input, "_variant_0").value == "a"


def test_charts_carry_the_experiments_of_their_time_unless_they_are_hidden(folder: Path) -> None:
    page = opened(folder, LOG).switch_page("data.py").run()
    assert "Cart" in page.get("plotly_chart")[0].proto.spec
    page.toggle(key="notes_data_events").set_value(False).run()
    assert "Cart" not in page.get("plotly_chart")[0].proto.spec
    assert "Experiments in this period" not in texts(page.switch_page("overview.py").run())
