"""The Journeys page run by its script: what it says first, who is behind a milestone, a catalog edited, features compared."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.drawn import drawn_frame
from tests.lent import lent_folder

SHELL = str(Path(__file__).parent.parent.parent / "pages" / "_shell.py")
CONFORMANCE = """
import streamlit as st
from pages.parts.frame import open_page, sentences
from pages.parts.paths_conformance import show_conformance
page = open_page("Paths")
with sentences():
    show_conformance(page)
"""
LOG = "\n".join(
    f"c{i} 09:00 product_page" + (" 09:05 add_to_cart" if i % 4 else "") + (" 09:06 help" if i % 3 else "")
    + (" 09:10 checkout 09:11 purchase" if i % 4 > 1 else "") + (" +3d product_page" if i % 2 else "")
    for i in range(60)
) + "\nend 09:00 help +20d help"  # fmt: skip
MINE = """[[journey]]
name = "Mine"
window = "1d"
[[journey.milestone]]
name = "Looked"
event = "product_page"
[[journey.milestone]]
name = "Asked"
event = "help"
"""
Open = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path / "w"))
    st.cache_resource.clear()
    st.cache_data.clear()

    def run(log: str, script: str = "", **address: str) -> AppTest:
        if log:
            lent_folder(tmp_path / "w", drawn_frame(log))
        app = AppTest.from_string(script, default_timeout=90) if script else AppTest.from_file(SHELL, default_timeout=90)
        app.query_params.update(address)
        (app if script else app.switch_page("journeys.py")).run()
        assert not app.exception, app.exception
        return app

    yield run
    st.cache_resource.clear()
    st.cache_data.clear()


def said(app: AppTest) -> str:
    return app.header[0].value.replace("\\", "")


def texts(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.markdown, *app.caption, *app.subheader]).replace("\\", "")


def test_an_empty_workspace_says_what_to_do(opened: Open) -> None:
    assert "no events are loaded" in opened("").header[0].value


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        ("ann 09:00 a", "No journey to tell yet: the log holds no two events that follow one another."),
        ("ann 09:00 a 09:01 b", "Usual journey: the 1 hour of all 1 customer who began it are not over yet."),
        ("ann 09:00 product_page 09:01 purchase +9d x", "Not enough data yet: 1 customer of 30 needed to say how Conversion goes."),
    ],
)
def test_tiny_logs_have_a_sentence_of_their_own(opened: Open, log: str, sentence: str) -> None:
    assert said(opened(log)) == sentence


def test_the_sentence_names_the_largest_leak(opened: Open) -> None:
    """Of 60, 45 put something into the cart and 30 of them went on: 15 were lost at either; of equals the earlier is named."""
    app = opened(LOG, period="all")
    assert said(app) == "Conversion loses most between Product and Cart: 25% of 60 go no further."
    assert "the period holds the whole log" in texts(app)


def test_the_customers_behind_a_milestone_are_as_many_as_it_says(opened: Open) -> None:
    app = opened(LOG, period="all", journey="Conversion", journey_who="reached Order", journey_list="true")
    assert "30 customers" in texts(app)
    assert len(next(table for table in app.dataframe if table.value.columns.tolist() == ["customer"]).value) == 30


def test_a_milestone_of_the_address_that_is_not_there_is_forgotten(opened: Open) -> None:
    app = opened(LOG, period="all", journey="Selling", journey_who="reached:9")
    assert "See these 15 customers" in app.toggle(key="journey_list").label


def test_an_edited_catalog_is_checked_previewed_saved_and_reset(opened: Open) -> None:
    app = opened(LOG, period="all", journeys_catalog="true")
    app.session_state["journeys_catalog"] = True
    app.run()
    app.text_area[0].set_value("[[journey]]\nname = 3\n").run()
    assert "needs a name" in app.error[0].value.replace("\\", "")
    app.text_area[0].set_value(MINE).run()
    assert "not saved yet" in texts(app)
    app.button(key="journeys_save").click().run()
    assert said(app).startswith("Mine loses most between Looked and Asked")


def test_features_and_what_adopting_one_goes_with_are_told(opened: Open) -> None:
    app = opened(LOG, period="all", features="help", effect_of="add_to_cart", effect_on="help", effect_within="7 days")
    told = texts(app)
    assert "help is used by 67% of 61 customers; no feature goes with staying among customers who did as much." in told
    # Of 45 who put something into the cart 30 asked for help the same day; the others did more than any who did not.
    assert "0 adopters have comparable customers and a whole follow-up (15 have nobody comparable); 30 are needed" in told
    assert not app.error


def test_two_equal_features_are_not_compared(opened: Open) -> None:
    assert "Choose two different features." in texts(opened(LOG, effect_of="help", effect_on="help"))


def test_conformance_says_who_follows_the_journey(opened: Open) -> None:
    """30 of 60 go all the way; 15 stop after the product, 15 after the cart."""
    app = opened(LOG, CONFORMANCE, period="all")
    assert "50.0% of 60 customers follow Conversion to its end" in texts(app)


def test_the_customers_of_a_departure_are_listed(opened: Open) -> None:
    app = opened(LOG, CONFORMANCE, period="all", conformance_mark="After Product did no more")
    assert "15 customers" in texts(app)


def test_conformance_of_an_empty_journey_is_a_sentence(opened: Open) -> None:
    assert "The log holds no journey to follow yet." in texts(opened("ann 09:00 a", CONFORMANCE))
