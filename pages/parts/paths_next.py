"""What comes next after an event or two, beside how often such statements were right."""

from dataclasses import replace
from typing import Any

import streamlit as st

from journey.charts.following import accuracy_figure, describe_accuracy, describe_next, next_figure
from journey.charts.following_said import accuracy_caption, accuracy_sentence, accuracy_table, boosted_told, next_caption, next_sentence
from journey.charts.words import short
from journey.paths import PathsQuestion, common_events
from journey.predict.following import (
    Accuracy,
    AccuracyQuestion,
    Followed,
    Next,
    NextQuestion,
    measure_next,
    measure_next_accuracy,
    next_customers,
)
from journey.scope import Scope
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_figure, download_table, literal, measured
from pages.parts.people import show_people
from pages.parts.workspace import answer, derived

LATEST, BEFORE, WHO = "next_after", "next_before", "next_who"
TOP, ORDER = 6, 2
NOW = "now"
START, END = "(start)", "(end)"
COLUMNS = {"method": "Told by", "log_loss": "Log loss (95%)", "macro_f1": "Macro F1 (95%)"}


def show_next(page: Page, question: PathsQuestion) -> None:
    """Two cards: the likely next after what is chosen, and the proof on later moments."""
    left, right = st.columns([3, 2])
    with left, st.container(border=True, height="stretch", key="next_card"):
        asked = _choose(page, question)
        found: Next = measured(page, measure_next, asked)
        picture, actions = st.container(), st.container()
    with right, st.container(border=True, height="stretch", key="next_proof"):
        proof = show_proof(page, asked.followed, "next")
    with picture:
        _show(page, found, _later(page, asked, proof), proof.cut)
    with actions:
        mark = choose_mark(found, WHO)
    if mark is not None:
        show_behind(page, found, mark)
    counted(page, found.evidence, "counted_next")


def _choose(page: Page, question: PathsQuestion) -> NextQuestion:
    """The latest event, and the one before it; both among those that the page does not hide."""
    names = [name for name in answer(page.con, page.version, common_events) if name not in question.hide]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("What comes next", anchor=False, width="stretch")
        before = _event("And before it", "after anything", [START, *names], BEFORE, None)
        usual = question.start if question.start in names else None
        latest = _event("After", "any event", names, LATEST, usual)
    followed = Followed(
        order=ORDER,
        unit="customer" if question.unit == "history" else "session",
        collapse_repeats=question.collapse_repeats,
        hide=question.hide,
    )
    known = latest is not None or before == START  # what came before anything says nothing
    return NextQuestion(followed, tuple(name for name in (before, latest) if name is not None) if known else (), TOP)


def _event(label: str, nothing: str, names: list[str], key: str, usual: str | None) -> str | None:
    if st.session_state.get(key) not in names:
        st.session_state.pop(key, None)
    index = names.index(usual) if usual in names and key not in st.session_state else None
    chosen: str | None = st.selectbox(
        label,
        names,
        index=index,
        placeholder=nothing,
        format_func=lambda name: "at the beginning" if name == START else short(name, 40),
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        width=168,
    )
    return chosen if chosen in names else None


def _later(page: Page, asked: NextQuestion, proof: Accuracy) -> Next | None:
    """What came next in the moments after the cut of the proof, alone."""
    if proof.cut is None:
        return None
    since = Scope(proof.cut, page.scope.stop, page.scope.timezone, page.scope.segment)
    found: Next = measured(page, measure_next, replace(asked, top=1_000), since)
    return found if found.times and found.order == len(found.after) else None


def _show(page: Page, found: Next, later: Next | None, since: int | None) -> None:
    st.markdown(literal(next_sentence(found)))
    st.caption(literal(next_caption(found, None if later is None else since, page.scope.timezone)))
    for warning in found.evidence.warnings:
        st.caption(":material/warning: " + literal(warning))
    if found.likely:
        click = draw(derived(next_figure, found, later), "paths_next", alt=describe_next(found), clicks=True)
        at = click.get("index") if click else None
        if isinstance(at, int) and 0 <= at < len(found.likely):
            st.session_state[WHO] = found.likely[at].next


def choose_mark(found: Next, key: str) -> dict[str, Any] | None:
    """Who is behind a bar, or who is there now: by a click or by the keyboard."""
    names = [NOW, *(one.next for one in found.likely if one.customers)]
    if st.session_state.get(key) not in names:
        st.session_state.pop(key, None)
    chosen = st.selectbox(
        "Who is behind",
        names,
        index=None,
        placeholder="A bar: choose it here, or click it",
        format_func=_named,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        icon=":material/ads_click:",
        width=380,
    )
    return None if chosen not in names else {"now": True} if chosen == NOW else {"then": chosen}


def _named(name: str) -> str:
    """What the address shows too, so it holds no number that changes with the data."""
    return "Last seen at this point" if name == NOW else "Left" if name == END else f"{short(name, 40)} came next"


def show_behind(page: Page, found: Next, mark: dict[str, Any]) -> None:
    asked = found.question
    people = answer(page.con, page.version, next_customers, asked, page.scope, mark)
    after = " then ".join(found.after) or "any event"
    came = "Left" if mark.get("then") == END else f"{mark.get('then')} came"
    title = f"Last seen at {after}" if "now" in mark else f"{came} after {after}"
    show_people(page, people, title, {"next": plain_question(asked) | {"scope": page.scope.as_plain()}, **mark}, title[:80])


def plain_question(asked: NextQuestion) -> dict[str, Any]:
    """The question as it is kept in a segment."""
    followed = asked.followed
    own: dict[str, Any] = {"unit": followed.unit, "hide": list(followed.hide)}
    once = followed.collapse_repeats
    own["collapse_repeats"] = once if isinstance(once, bool) else list(once)
    return {"of": followed.of, "after": list(asked.after), "order": followed.order, **own}


def show_proof(page: Page, followed: Followed, key: str) -> Accuracy:
    """How often such statements were right in later moments, beside baselines; boosted trees where they are asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("How often this is right", anchor=False, width="stretch")
        trees = st.toggle(
            "Boosted trees", key=f"{key}_trees", bind="query-params", help="Also sees times and counts; takes some seconds to learn"
        )
    if trees:
        with st.spinner("Boosted trees learn from the earlier moments"):
            found: Accuracy = measured(page, measure_next_accuracy, AccuracyQuestion(followed, boosted=True))
    else:
        found = measured(page, measure_next_accuracy, AccuracyQuestion(followed, boosted=False))
    st.markdown(literal(accuracy_sentence(found)))
    if found.lacking is not None:
        return found
    st.caption(literal(accuracy_caption(found, page.scope.timezone)))
    figure = derived(accuracy_figure, found)
    draw(figure, f"{key}_accuracy", alt=describe_accuracy(found))
    if told := boosted_told(found):
        st.caption(literal(told))
    table = accuracy_table(found)
    shown = table.select("method", "log_loss", "macro_f1")
    st.dataframe(shown, hide_index=True, height="content", column_config=COLUMNS, alt="Log loss and macro F1 of each method")
    with st.container(horizontal=True):
        download_table(f"{key}_accuracy", table)
        download_figure(f"{key}_accuracy", figure)
    return found
