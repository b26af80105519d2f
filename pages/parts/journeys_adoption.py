"""Feature adoption: who uses what, how deeply, whether they stay, and what adopting one feature goes with for another."""

from typing import Any

import polars as pl
import streamlit as st

from journey.charts.journeys_adoption import (
    adoption_figure,
    adoption_sentence,
    best_features,
    describe,
    effect_caption,
    effect_sentence,
    q_words,
    rows,
)
from journey.charts.words import between, percent, points, short, span
from journey.journeys import (
    Adoption,
    AdoptionQuestion,
    Effect,
    EffectQuestion,
    adoption_customers,
    effect_customers,
    journeys_in_force,
    measure_adoption,
    measure_effect,
)
from journey.rules import event_names
from pages.parts.charts import draw
from pages.parts.frame import Page, counted, download_figure, download_table, literal, measured
from pages.parts.people import show_people
from pages.parts.workspace import answer, derived

FEATURES, WHO, OF, ON, WITHIN, EFFECT_WHO = "features", "feature_who", "effect_of", "effect_on", "effect_within", "effect_who"
MOST = 24
DAYS = {"7d": 7, "14d": 14, "30d": 30, "90d": 90}
SIDES = {"adopters": "adopters", "adopters_did": "adopters who came to it", "comparable": "comparable customers"}


def show_adoption(page: Page) -> None:
    """The card of features, its customers, and the card of one feature's effect on another."""
    names: list[str] = answer(page.con, page.version, event_names)
    with st.container(border=True, key="adoption_card"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("Features", anchor=False, width="stretch")
            question = _choose_features(names)
        found: Adoption = measured(page, measure_adoption, question)
        st.markdown(f"**{literal(adoption_sentence(found))}**")
        who = _show_features(found) if found.features and found.active else None
    if who is not None:
        people = answer(page.con, page.version, adoption_customers, question, page.scope, {"feature": who})
        rule = {"adoption": {"scope": page.scope.as_plain()}, "feature": who}
        show_people(page, people, f"Used {who}", rule, f"Used {who}"[:80])
    counted(page, found.evidence, "counted_adoption")
    if len(names) > 1 and found.active:
        _show_effect(page, names, found)


def _choose_features(names: list[str]) -> AdoptionQuestion:
    """The features to look at, kept in the address; the usual ones until a person chooses."""
    with st.popover("Choose features", icon=":material/checklist:"):
        st.caption("Until you choose: the events that most customers do, without those that nearly all do.")
        chosen = st.multiselect("Features", names, max_selections=MOST, key=FEATURES, bind="query-params", format_func=_label)
    return AdoptionQuestion(tuple(chosen) or None)


def _label(name: str) -> str:
    return short(name, 40)


def _show_features(found: Adoption) -> str | None:
    """The chart and the table; the feature whose customers are asked for."""
    figure = derived(adoption_figure, found)
    click = draw(figure, "adoption", alt=describe(found), clicks=True, min_width=720)
    _show_table(found)
    shown = [one.name for one in found.features if one.alike is not None]
    at = click.get("index") if click else None
    if isinstance(at, int) and 0 <= at < len(shown):
        st.session_state[WHO] = shown[at]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        who = _choose_who([one.name for one in found.features if one.adopters])
        st.space("stretch")
        download_table("features", pl.DataFrame(rows(found), infer_schema_length=None))
        download_figure("features", figure)
    return who


def _choose_who(names: list[str]) -> str | None:
    if st.session_state.get(WHO) not in names:
        st.session_state.pop(WHO, None)
    return st.selectbox(
        "Who used",
        names,
        index=None,
        placeholder="See who used a feature: here, or click its dot",
        key=WHO,
        bind="query-params",
        format_func=_label,
        label_visibility="collapsed",
        icon=":material/ads_click:",
        width=340,
    )


def _show_table(found: Adoption) -> None:
    """Times and intervals as words, so that a column reads as the figures on the page do."""
    told: list[dict[str, Any]] = [
        {
            "Feature": row["feature"],
            "Share": row["share"],
            "95%": "" if row["low"] is None else between(percent(row["low"] / 100), percent(row["high"] / 100)),
            "First use after": span(row["first_use"]),
            "Uses": row["uses"],
            "3 days": row["deep"],
            "Stay, against others": points(row["staying"]),
            "Against others as busy": points(row["alike"])
            + ("" if row["alike_low"] is None else f" ({between(points(row['alike_low']), points(row['alike_high']))})"),
            "q": q_words(row["q"]),
        }
        for row in rows(found)
    ]
    st.dataframe(
        pl.DataFrame(told, infer_schema_length=None),
        hide_index=True,
        height="content" if len(told) <= 12 else 420,
        key="adoption_table",
        column_config={
            "Feature": st.column_config.TextColumn(width=172),
            "Share": st.column_config.ProgressColumn(format="%.0f%%", min_value=0, max_value=100, width=110),
            "95%": st.column_config.TextColumn(width=110),
            "First use after": st.column_config.TextColumn(width=100, help="Median, from the first event to the first use"),
            "Uses": st.column_config.NumberColumn(format="%.1f", width=55, help="Median per customer who used it"),
            "3 days": st.column_config.NumberColumn(format="%.0f%%", width=60, help="Of its users, those who used it on 3 days or more"),
            "Stay, against others": st.column_config.TextColumn(
                width=130, help="Users of the first half active in the second, less others"
            ),
            "Against others as busy": st.column_config.TextColumn(width=208, help="The same among customers as busy in the first half"),
            "q": st.column_config.TextColumn(width=60, help="Of that difference, over all features (Benjamini-Hochberg)"),
        },
    )


def _show_effect(page: Page, names: list[str], found: Adoption) -> None:
    """What adopting one feature goes with for adopting another."""
    with st.container(border=True, key="effect_card"):
        st.subheader("What adopting one feature goes with", anchor=False)
        question = _choose_pair(names, [one.name for one in [*best_features(found), *found.features]], _goals(page), found)
        if question is None:
            st.caption("Choose two different features.")
            return
        effect: Effect = measured(page, measure_effect, question)
        st.markdown(f"**{literal(effect_sentence(effect))}**")
        if effect.difference is not None:
            st.caption(literal(effect_caption(effect)))
        for warning in effect.evidence.warnings:
            st.caption(":material/warning: " + literal(warning))
        side = _choose_side(effect)
    if side is not None:
        people = answer(page.con, page.version, effect_customers, question, page.scope, {side: True})
        plain = {"of": question.of, "on": question.on, "within": question.within / 1000, "scope": page.scope.as_plain()}
        title = f"{short(question.of, 28)}: {SIDES[side]}"
        show_people(page, people, title, {"adoption_effect": plain, side: True}, title)
    counted(page, effect.evidence, "counted_effect")


def _choose_pair(names: list[str], features: list[str], goals: list[str], found: Adoption) -> EffectQuestion | None:
    """Two of all events; at first the feature whose users stay most, on what the most important journey leads to."""
    usual_on = next((name for name in goals if name in names), names[-1])
    usual_of = next((name for name in features if name != usual_on), next(name for name in names if name != usual_on))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        of = st.selectbox("Adopting", names, index=names.index(usual_of), key=OF, bind="query-params", format_func=_label, width=230)
        on = st.selectbox("on coming to", names, index=names.index(usual_on), key=ON, bind="query-params", format_func=_label, width=230)
        within = st.selectbox("within", list(DAYS), index=_usual_days(found), key=WITHIN, bind="query-params", format_func=_days, width=120)
    if of is None or on is None or of == on:
        return None
    return EffectQuestion(of, on, DAYS.get(within or "30d", 30) * 86_400_000)


def _usual_days(found: Adoption) -> int:
    """The longest follow-up that leaves two thirds of the period to adopt in; the shortest of a short one."""
    days = ((found.stop or 0) - (found.start or 0)) / 86_400_000
    return max([place for place, within in enumerate(DAYS.values()) if 3 * within <= days], default=0)


def _goals(page: Page) -> list[str]:
    """The events of the last milestone of the most important journey."""
    journeys = answer(page.con, page.version, journeys_in_force)
    step = journeys[0].milestones[-1].step if journeys else None
    parts = step["any_of"] if isinstance(step, dict) and "any_of" in step else [step]
    return [part for part in parts if isinstance(part, str)]


def _days(name: str) -> str:
    return f"{DAYS.get(name, 30)} days"


def _choose_side(effect: Effect) -> str | None:
    sizes = {"adopters": effect.adopters, "adopters_did": effect.adopters_did, "comparable": effect.comparable}
    sides = [side for side in SIDES if sizes[side]]
    if st.session_state.get(EFFECT_WHO) not in sides:
        st.session_state.pop(EFFECT_WHO, None)
    if not sides:
        return None
    return st.selectbox(
        "Who",
        sides,
        index=None,
        placeholder="See who they are",
        key=EFFECT_WHO,
        bind="query-params",
        format_func=lambda side: SIDES.get(side, side),
        label_visibility="collapsed",
        icon=":material/group:",
        width=260,
    )
