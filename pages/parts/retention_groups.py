"""The groups of a split at one period: how many came back, against all others, and who they are."""

import polars as pl
import streamlit as st

from journey.charts.retention import period_name
from journey.charts.words import count, percent, points, several, short
from journey.retention import GroupAgainstRest, Retention, against_rest, retention_customers, telling_place
from pages.parts.frame import Page, download_table, literal
from pages.parts.people import show_people
from pages.parts.retention_steps import select
from pages.parts.retention_words import measured_places
from pages.parts.workspace import answer

BACK, AWAY = "came back", "did not come back"
MISSING = "missing"


def show_groups(page: Page, split: Retention) -> None:
    """A table of the groups at a chosen period; nothing where no two groups can be set against each other."""
    places = measured_places(split)
    if not places:
        return
    names = {period_name(split.question, k).capitalize(): k for k in places}
    usual = places.index(telling_place(split.cohorts, places))
    when = select("Compare the groups in", list(names), "retention_split_at", 170, str, usual)
    rows = against_rest(split, names[when])
    if len(rows) < 2:
        st.caption(
            "A customer who joins anew in every period can be in several groups, so these are not set against each other."
            if split.question.first != "ever"
            else "Everyone is in one group, so there is nothing to compare."
        )
        return
    st.caption(literal(told_groups(rows, when.lower(), split.question.breakdown or "")))
    frame = groups_table(rows)
    st.dataframe(frame, hide_index=True, height="content" if len(rows) < 9 else 320, key="retention_groups")
    download_table("retention_groups", frame)
    _show_group(page, split, rows, names[when], when)


def told_groups(rows: tuple[GroupAgainstRest, ...], when: str, name: str) -> str:
    """Which group differs most of those that do, in words."""
    told = sorted((row for row in rows if row.told_apart), key=lambda row: -abs(_difference(row)))
    if not told:
        return f"No group of {name} is told from the rest in {when}: what differences there are may be chance."
    most = told[0]
    way = "more" if _difference(most) > 0 else "less"
    others = f", and {several(len(told) - 1, 'other group')} of {count(len(rows))}" if len(told) > 1 else ""
    return (
        f"{short(most.group or MISSING, 24)} comes back {way} than the rest in {when}, by {points(abs(_difference(most))).lstrip('+')}"
        f"{others}{' are told from the rest as well' if len(told) > 2 else ' is told from the rest as well' if len(told) == 2 else ''}."
    )


def _difference(row: GroupAgainstRest) -> float:
    return row.difference[0] if row.difference else 0.0


def groups_table(rows: tuple[GroupAgainstRest, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "group": row.group or MISSING,
                "customers": row.size,
                "came back": row.returned,
                "share": percent(row.share),
                "95% interval": "–" if row.interval is None else f"{percent(row.interval[0])} to {percent(row.interval[1])}",
                "against the rest": points(row.difference[0]) if row.difference else "–",
                "95% of the difference": f"{points(row.difference[1])} to {points(row.difference[2])}" if row.difference else "–",
                "q": "too few" if row.q is None else "<0.001" if row.q < 0.001 else f"{row.q:.3f}",
            }
            for row in rows
        ]
    )


def _show_group(page: Page, split: Retention, rows: tuple[GroupAgainstRest, ...], place: int, when: str) -> None:
    """The customers of a row, those who came back or the rest."""
    names = {row.group or MISSING: row for row in rows}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Group",
            list(names),
            index=None,
            placeholder="Choose a group to see",
            key="retention_group",
            bind="query-params",
            width=210,
        )
        side = st.segmented_control(
            "Whom", [BACK, AWAY], default=BACK, format_func=str.capitalize, key="retention_group_who", bind="query-params"
        )
    if chosen not in names:
        return
    row, back = names[chosen], side != AWAY
    mark = {"period": place, "group": row.group, "came_back": back}
    people = answer(page.con, page.version, retention_customers, split.question, page.scope, mark)
    title = f"{count(people.count)} of {count(row.size)} of {short(chosen, 24)} {BACK if back else AWAY} in {when.lower()}"
    rule = {"retention": split.question.as_plain() | {"scope": page.scope.as_plain()}, **mark}
    show_people(page, people, title, rule, f"{short(chosen, 24)}, {'back' if back else 'not back'} in {when.lower()}")
