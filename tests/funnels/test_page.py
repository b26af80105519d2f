"""The page: its sentence, its choices, the people behind its marks; tiny, empty and hostile logs have their own states."""

from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parents[2] / "pages" / "_shell.py")
SHOP = [f"c{n:02d} 09:00 view{{device={'phone' if n % 3 else 'desk'}}} 09:05 cart 09:10 buy" for n in range(30)]
SHOP += [f"d{n:02d} 09:00 view{{device=phone}} 09:05 cart" for n in range(40)] + [f"e{n:02d} 09:00 view" for n in range(10)]


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens the page on a drawn log; settings go into the address."""

    def open_page(*lines: str, **address: str) -> AppTest:
        st.cache_resource.clear()
        st.cache_data.clear()
        lent_folder(tmp_path / "space", drawn_frame(*lines) if lines else None, {"customer": "customer", "event": "event", "ts": "ts"})
        monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path / "space"))
        page = AppTest.from_file(SHELL, default_timeout=30)
        for key, value in address.items():
            page.query_params[key] = value
        return page.switch_page("funnels.py").run()

    yield open_page
    from pages.parts.workspace import warehouse

    warehouse().close()
    st.cache_resource.clear()
    st.cache_data.clear()


def test_the_page_opens_with_a_likely_funnel_and_its_worst_step(shown: Any) -> None:
    page = shown(*SHOP)
    assert not page.exception
    assert [page.selectbox(key=f"funnel_step_{at}").value for at in (1, 2, 3, 4)] == ["view", "cart", "buy", None]
    assert "57% do not go on from cart to buy" in page.header[0].value.replace("\\", "")


def test_the_select_names_who_left_and_the_list_holds_them(shown: Any) -> None:
    page = shown(*SHOP)
    page.toggle(key="funnel_list").set_value(True).run()
    assert not page.exception
    assert any(heading.value.replace("\\", "") == "Left before buy" for heading in page.subheader)
    assert sorted(page.dataframe[0].value["customer"].to_list()) == [f"d{n:02d}" for n in range(40)]


def test_choices_change_the_answer(shown: Any) -> None:
    page = shown(*SHOP)
    page.selectbox(key="funnel_step_1").set_value("cart").run()
    page.selectbox(key="funnel_step_2").set_value("view").run()
    page.selectbox(key="funnel_step_3").set_value(None).run()
    assert "Nobody goes on from cart to view" in page.header[0].value.replace("\\", "")
    page.radio(key="funnel_order").set_value("unordered").run()
    assert "Of those who do 1 of the 2 steps" in page.header[0].value.replace("\\", "")
    page.radio(key="funnel_unit").set_value("session").run()
    assert not page.exception


def test_a_cleared_step_closes_the_gap(shown: Any) -> None:
    page = shown(*SHOP)
    page.selectbox(key="funnel_step_2").set_value(None).run()
    assert [page.selectbox(key=f"funnel_step_{at}").value for at in (1, 2, 3)] == ["view", "buy", None]


def test_steps_that_all_go_at_once_were_not_cleared_by_a_person(shown: Any) -> None:
    page = shown(*SHOP)
    for at in (1, 2, 3):
        page.selectbox(key=f"funnel_step_{at}").set_value(None)
    page.run()
    assert [page.selectbox(key=f"funnel_step_{at}").value for at in (1, 2, 3)] == ["view", "cart", "buy"]


def test_the_address_holds_the_steps(shown: Any) -> None:
    page = shown(*SHOP, funnel_step_1="cart", funnel_step_2="buy")
    assert [page.selectbox(key=f"funnel_step_{at}").value for at in (1, 2, 3)] == ["cart", "buy", None]
    assert "57% do not go on from cart to buy" in page.header[0].value.replace("\\", "")


def test_no_step_is_a_designed_state(shown: Any) -> None:
    page = shown(*SHOP)
    for _ in range(3):
        page.selectbox(key="funnel_step_1").set_value(None).run()
    assert not page.exception
    assert any("Choose the first step" in caption.value for caption in page.caption)


def headline(page: AppTest) -> str:
    return page.header[0].value.replace("\\", "")


def buttons(page: AppTest) -> list[str]:
    return [button.label.replace("\\", "") for button in page.button if button.key and button.key.startswith("funnel_chip_")]


def test_the_address_holds_every_refinement_and_each_is_a_chip_that_takes_it_back(shown: Any) -> None:
    page = shown(*SHOP, funnel_also='{"where":[[0,"device","eq","desk"]],"skip":[1],"not":[["cart",0,2]]}')
    assert not page.exception
    assert buttons(page) == ["view: device is desk", "cart may be skipped", "No cart between view and buy"]
    page.button(key="funnel_chip_2").click().run()
    assert buttons(page) == ["view: device is desk", "cart may be skipped"]
    page.button(key="funnel_chip_1").click().run()
    page.button(key="funnel_chip_0").click().run()
    assert buttons(page) == []
    assert "57% do not go on from cart to buy" in headline(page)


def test_a_filter_is_added_by_hand(shown: Any) -> None:
    page = shown(*SHOP)
    page.selectbox(key="funnel_refine_property").set_value("device").run()
    page.multiselect(key="funnel_refine_values_device").set_value(["desk"]).run()
    page.button(key="funnel_refine_add").click().run()
    assert buttons(page) == ["view: device is desk"]
    assert "desk" in page.text_input(key="funnel_also").value
    assert any("10 customers entered" in caption.value.replace("\\", "") for caption in page.caption)


def test_what_differs_from_the_usual_way_of_counting_is_a_chip(shown: Any) -> None:
    page = shown(*SHOP, funnel_order="In any order", funnel_unit="Sessions")
    assert buttons(page) == ["Steps come in any order", "Counts sessions"]
    page.button(key="funnel_chip_1").click().run()
    assert buttons(page) == ["Steps come in any order"]


def test_a_refinement_moves_with_its_step(shown: Any) -> None:
    page = shown(*SHOP, funnel_also='{"skip":[1]}')
    page.selectbox(key="funnel_step_1").set_value(None).run()
    assert not page.exception
    assert buttons(page) == []  # the step that could be skipped is now the first


def test_an_address_that_cannot_be_read_is_a_sentence(shown: Any) -> None:
    page = shown(*SHOP, funnel_also="{")
    assert not page.exception
    assert "cannot be read" in page.error[0].value


VIEWS = ("Groups and time", "Over time", "What separates them", "What they did instead")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("lines", [["ann 09:00 a"], ["ann 09:00 a b c", "bob 09:00 <b>a</b> b"], SHOP])
def test_every_closer_look_is_shown_of_any_log(shown: Any, view: str, lines: list[str]) -> None:
    page = shown(*lines, funnel_view=view, funnel_time_picture="How many")
    assert not page.exception
    assert not page.error


def test_the_list_behind_a_closer_look_is_as_long_as_its_mark(shown: Any) -> None:
    page = shown(*SHOP, "zed 2026-03-30 00:00 end", funnel_view="What they did instead", funnel_step_1="view", funnel_step_2="buy")
    page.toggle(key="funnel_instead_list").set_value(True).run()
    assert not page.exception
    assert page.toggle(key="funnel_instead_list").label.replace("\\", "") == "See these 40 customers"
    assert any(frame.value.columns[0] == "customer" and len(frame.value) == 40 for frame in page.dataframe)


@pytest.mark.parametrize(
    "lines",
    [
        ["ann 09:00 a"],
        ["ann 09:00 a a a"],
        ["ann 09:00 a b c", "bob 09:00 a b c"],
        ["ann 09:00 ![x](http://x.y) :red[z] $x^2$ <script>", "bob 09:00 ![x](http://x.y) :red[z]"],
        [f"c{n} 09:00 e{n}" for n in range(30)],
    ],
)
def test_small_and_hostile_logs_are_shown(shown: Any, lines: list[str]) -> None:
    page = shown(*lines)
    assert not page.exception
    assert not page.error
    assert page.header


def test_an_empty_workspace_says_what_to_do(shown: Any) -> None:
    page = shown()
    assert not page.exception
    assert "nothing to see yet" in page.header[0].value
