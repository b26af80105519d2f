"""The data page as a person works it: an empty workspace, files in, and what became of every row."""

from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.ingest import load_events
from pages.parts import data_job
from pages.parts.data_load import by_name
from pages.parts.data_source import inbox_files
from pages.parts.text import literal
from pages.parts.workspace import warehouse

SHELL = Path(__file__).parents[2] / "pages" / "_shell.py"
HOSTILE = [
    "[x](javascript:alert(1))",
    ":red[x] $x^2$",
    "<script>alert(1)</script>",
    "=cmd()",
    'a"; drop table events; --',
    "![](http://x.y/z.png)",
]
LOG = """user_id,event,time,device
ann,visit,2026-03-02 09:00,mobile
ann,cart,2026-03-02 09:05,mobile
bob,visit,2026-03-03 10:00,desktop
bob,visit,yesterday,desktop
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A workspace of its own for the app of this test."""
    monkeypatch.setenv("JOURNEY_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path
    data_job.stop()
    warehouse().close()
    st.cache_resource.clear()


def opened(section=None):
    app = AppTest.from_file(str(SHELL), default_timeout=30)
    if section:
        app.query_params["section"] = section
    return ran(app.switch_page("data.py"))


def ran(app):
    app.run()
    assert not app.exception, app.exception
    return app


def loaded(app, name="log.csv", text=LOG):
    """The page after this file was uploaded and loaded as it was guessed."""
    app.file_uploader[0].upload(name, text.encode())
    ran(app)
    app.button(key="load_files").click()
    return settled(ran(app))


def settled(app):
    while (job := data_job.running()) is not None:
        job.thread.join(30)
    return ran(app)


def texts(app):
    return [element.value for kind in (app.header, app.subheader, app.caption, app.markdown, app.error) for element in kind]


def test_an_empty_workspace_offers_the_shop_and_ones_own_files(folder):
    app = opened()
    assert app.header[0].value == literal("There is nothing here yet: load an event log, or look around in a simulated shop.")
    assert app.button(key="load_shop").label == "**Explore the simulated shop**"
    assert app.file_uploader


def test_an_uploaded_log_is_loaded_as_it_was_guessed(folder):
    app = loaded(opened())
    assert app.header[0].value == literal("3 events of 2 customers, complete to 3 Mar 2026, 10:00; 1 row waits in quarantine.")
    assert [(metric.label, metric.value) for metric in app.metric] == [
        ("rows received", "4"),
        ("stored", "3"),
        ("duplicates", "0"),
        ("in quarantine", "1"),
    ]
    assert any("2 ids are 2 people" in text for text in texts(app))


def test_the_guess_can_be_corrected(folder):
    app = opened()
    app.file_uploader[0].upload("log.csv", LOG.encode())
    ran(app)
    boxes = {box.label: box for box in app.selectbox}
    assert [boxes[label].value for label in ("Customer", "Event", "Time")] == ["user_id", "event", "time"]
    boxes["Event"].select("device")
    boxes["Zone of bare times"].select("Europe/Paris")
    table = next(key for key in app.session_state if key.startswith("map_columns"))
    app.session_state[table] = {"edited_rows": {1: {"out": True}}, "added_rows": [], "deleted_rows": []}
    ran(app).button(key="load_files").click()
    app = settled(ran(app))
    assert "0 properties" in texts(app)
    assert sorted(app.dataframe[0].value["event"]) == ["desktop", "mobile"]
    assert app.header[0].value.startswith("3 events of 2 customers, complete to 3 Mar 2026, 09\\:00")


def test_a_role_that_is_missing_is_asked_for(folder):
    app = opened()
    app.file_uploader[0].upload("log.csv", b"a,b\n1,2\n3,4\n")
    ran(app)
    assert app.button(key="load_files").disabled
    assert any(text.startswith("Still to be named") for text in texts(app))


def test_the_same_file_again_adds_nothing(folder):
    app = loaded(loaded(opened("Load")))
    assert app.subheader[0].value == literal("Nothing new in log.csv")
    assert [metric.value for metric in app.metric] == ["4", "0", "3", "1"]


def test_an_upload_is_deleted_once_it_is_loaded(folder):
    loaded(opened())
    assert [path for path in (folder / "tmp" / "uploads").rglob("*") if path.is_file()] == []


def test_the_button_is_gone_once_it_was_clicked(folder):
    """A second click finds no form: the uploader is empty again, and the load runs once."""
    app = loaded(opened())
    assert "load_files" not in [button.key for button in app.button]
    assert warehouse().cursor().connection.execute("select count(*) from loads").fetchone() == (1,)


def test_what_is_wrong_with_a_file_is_a_sentence(folder):
    app = opened()
    app.file_uploader[0].upload("log.csv", b"id,id\n1,2\n")
    ran(app)
    assert len(app.error) == 1
    assert "tmp" not in app.error[0].value
    assert "two columns named" in app.error[0].value


def test_a_file_in_the_inbox_can_be_picked(folder):
    (folder / "inbox").mkdir(exist_ok=True)
    (folder / "inbox" / "log.csv").write_text(LOG)
    app = opened()
    next(group for group in app.segmented_control if "inbox" in str(group.options)).set_value("inbox")
    ran(app).multiselect[0].select("log.csv")
    ran(app).button(key="load_files").click()
    app = settled(ran(app))
    assert app.header[0].value.startswith("3 events")
    assert (folder / "inbox" / "log.csv").exists()


def test_only_files_inside_the_inbox_are_offered(tmp_path):
    inbox = tmp_path / "inbox"
    (inbox / "march").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("x")
    (inbox / "march" / "a.csv").write_text("x")
    (inbox / "notes.doc").write_text("x")
    (inbox / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert list(inbox_files(inbox)) == ["march/a.csv"]


def test_an_upload_is_called_by_its_name(tmp_path):
    path = tmp_path / "x1" / "log.csv"
    assert by_name(f"The file {path} is empty.", [path]) == "The file log.csv is empty."
    assert by_name("The file /tmp/journey-1x_y/head.csv has two columns.", [path]) == "The file log.csv has two columns."


@pytest.mark.parametrize("section", ["What is here", "Load", "Quality", "Quarantine", "Identity", "nonsense"])
def test_every_section_stands_on_hostile_names(folder, section):
    with warehouse().cursor() as con:
        times = [f"2026-03-02T09:{minute:02}:00Z" for minute in range(len(HOSTILE))]
        load_events(con, pl.DataFrame({"customer": HOSTILE, "event": HOSTILE, "ts": times, **dict.fromkeys(HOSTILE, HOSTILE)}))
    app = opened(section)
    assert app.header[0].value.startswith("6 events of 6 customers")
    for text in texts(app):
        assert not any(name in text for name in HOSTILE), text
    if section == "What is here":
        assert sorted(app.dataframe[0].value["event"]) == sorted(HOSTILE)


@pytest.mark.parametrize("section", ["What is here", "Load", "Quality", "Quarantine", "Identity"])
def test_every_section_stands_on_a_single_event(folder, section):
    with warehouse().cursor() as con:
        load_events(con, pl.DataFrame({"customer": ["ann"], "event": ["visit"], "ts": ["2026-03-02T09:00:00Z"]}))
    app = opened(section)
    assert app.header[0].value == literal("1 event of 1 customer, complete to 2 Mar 2026, 09:00; nothing waits in quarantine.")


def test_rows_in_quarantine_are_shown_as_they_came(folder):
    loaded(opened())
    app = opened("Quarantine")
    rows = app.dataframe[0].value
    assert rows["line"].tolist() == [5]
    assert rows["raw"].tolist() == ["bob,visit,yesterday,desktop"]
    assert [button.label for button in app.get("download_button")] == ["Download CSV"]


def chosen(app, kind):
    """The form for files of this kind."""
    next(group for group in app.segmented_control if "Consent" in group.options).set_value(kind)
    return ran(app)


def test_customers_come_before_any_event(folder):
    app = loaded(chosen(opened(), "customers"), "people.csv", "customer,plan\nann,free\nbob,plus\n")
    assert app.header[0].value.startswith("2 customers and no events yet")
    for section in ("What is here", "Load", "Quality", "Quarantine", "Identity"):
        assert opened(section).header[0].value.startswith("2 customers and no events yet")


def test_consent_is_loaded_beside_events(folder):
    loaded(opened())
    text = "customer,purpose,given,ts\nann,marketing,yes,2026-03-01\nbob,marketing,no,2026-03-01\n"
    app = loaded(chosen(opened("Load"), "consent"), "consent.csv", text)
    assert [metric.value for metric in app.metric] == ["2", "2", "0", "0"]
    assert warehouse().cursor().connection.execute("select purpose, given from consent order by 2").fetchall() == [
        ("marketing", False),
        ("marketing", True),
    ]


def test_a_file_of_which_nothing_can_be_stored_is_told_so(folder):
    app = loaded(opened(), text="user_id,event,time\n,visit,2026-03-02 09:00\n,cart,2026-03-02 09:05\nann,visit,2026-03-02 09:05\n")
    assert [metric.value for metric in app.metric] == ["3", "1", "0", "2"]
    assert app.header[0].value.startswith("1 event of 1 customer")


def test_files_of_ones_own_take_the_place_of_the_shop(folder):
    from journey.demo import load_shop

    with warehouse().cursor() as con:
        load_shop(con, customers=60)
    app = loaded(opened("Load"))
    assert app.header[0].value.startswith("3 events of 2 customers")
