"""How the segment differs from everyone else, or from another: the clearest differences, all of them, who is behind each."""

from collections.abc import Callable
from typing import Any

import polars as pl
import streamlit as st

from journey.ask import defined_by, likely_outcomes
from journey.charts.segments import describe_differences, differences_figure
from journey.charts.segments_said import compare_caption, compare_sentence, difference_name, difference_told, interval_told, value_told
from journey.charts.words import UNKNOWN, several, short
from journey.segments import CompareQuestion, Comparison, Difference, compare_customers, measure_compare, read_compare
from pages.parts.charts import draw
from pages.parts.choices import segment_choices
from pages.parts.frame import Page, counted, download_figure, download_table, measured
from pages.parts.people import show_people
from pages.parts.segments_count import resolved_rule
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

WITH, MARK, SIDE, LIST, ALL = "segment_with", "segment_mark", "segment_side", "segment_mark_list", "segment_all"
ELSE = "Everyone else"
MOST = 10


def show_compare(page: Page, rule: Any, name: str | None) -> None:
    with st.container(border=True, key="segments_compare"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("How they differ", anchor=False, width="stretch")
            other, told = _choose_other(page, name)
        names = (name or "this segment", told)
        question = _question(page, rule, other)
        found: Comparison = measured(page, measure_compare, question)
        st.markdown(f"**{literal(compare_sentence(found, names))}**")
        st.caption(literal(compare_caption(found, names, page.period_label)))
        clicked = _picture(found, names)
        if not found.n_a or not found.n_b:
            return
        mark = _choose_mark(found, names, clicked)
        _table(found, names)
    if mark is not None:
        _show_behind(page, question, (rule, other), names, *mark)
    counted(page, found.evidence, key="counted_compare")


def _choose_other(page: Page, name: str | None) -> tuple[Any, str]:
    """-> (the rule compared with, None for everyone else; what it is called)."""
    choices = {told: rule for told, rule in answer(page.con, page.version, segment_choices).items() if rule is not None and told != name}
    options = [ELSE, *(told for told in choices if told != ELSE)]
    if st.session_state.get(WITH) not in options:
        st.session_state.pop(WITH, None)
    chosen = st.selectbox(
        "Compare with", options, key=WITH, bind="query-params", label_visibility="collapsed", icon=":material/compare_arrows:", width=240
    )
    return (None, "everyone else") if chosen in (None, ELSE) else (choices[chosen], chosen)


def _question(page: Page, rule: Any, other: Any) -> CompareQuestion:
    rules = {"a": rule, **({} if other is None else {"b": other})}
    asked = {side: resolved_rule(page, part) for side, part in rules.items()}
    return read_compare({"outcomes": likely_outcomes(page.con), "defined_by": defined_by(page.con, rules)} | asked)


def _picture(found: Comparison, names: tuple[str, str]) -> Difference | None:
    """The dots; the difference whose dot was clicked in this run."""
    shown = found.clearest(MOST)
    if not shown:
        return None
    figure = derived(differences_figure, shown, names)
    click = draw(figure, "segment_differences", alt=describe_differences(shown, names), clicks=True, min_width=560)
    at = click.get("index") if click else None
    return shown[at] if isinstance(at, int) and 0 <= at < len(shown) else None


def _choose_mark(found: Comparison, names: tuple[str, str], clicked: Difference | None) -> tuple[Difference, str] | None:
    """Whose list is open: of which difference, on which side; None until it is opened."""
    marks = {f"{one.kind}|{one.of}|{one.name}|{one.value or ''}": one for one in (*found.clearest(MOST), *found.differences)}
    if clicked is not None:
        st.session_state[MARK] = next(key for key, one in marks.items() if one == clicked)
        st.session_state[LIST] = True
    if st.session_state.get(MARK) not in marks:
        st.session_state.pop(MARK, None)
    if not marks:
        return None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chosen = st.selectbox(
            "Who is behind",
            list(marks),
            format_func=lambda key: _label(marks[key]),
            key=MARK,
            label_visibility="collapsed",
            icon=":material/ads_click:",
            width=300,
        )
        one = marks[chosen if chosen in marks else next(iter(marks))]
        tell: Callable[[str], str] = lambda side: f"in {short(names[0 if side == 'a' else 1], 24)}"  # noqa: E731
        begin = 0 if one.count_a else 1  # on the side that has somebody
        side = st.selectbox("Side", ["a", "b"], index=begin, format_func=tell, key=SIDE, label_visibility="collapsed", width=200) or "a"
        n = one.count_a if side == "a" else one.count_b
        opened = st.toggle(literal(f"See these {several(n, 'customer')}"), key=LIST, disabled=not n)
    return (one, side) if opened and n else None


def _label(one: Difference) -> str:
    told = difference_name(one)
    return told[0].upper() + told[1:]


def _show_behind(page: Page, question: CompareQuestion, rules: tuple[Any, Any], names: tuple[str, str], one: Difference, side: str) -> None:
    mark = {**one.mark, "side": side}
    people = answer(page.con, page.version, compare_customers, question, page.scope, mark)
    title = f"{_label(one)}, in {short(names[0 if side == 'a' else 1], 40)}"
    asked = {"a": rules[0], **({} if rules[1] is None else {"b": rules[1]}), "scope": page.scope.as_plain()}
    show_people(page, people, title, {"compare": asked, **mark}, title[:80])


def _table(found: Comparison, names: tuple[str, str]) -> None:
    a, b = (short(name[0].upper() + name[1:], 24) for name in names)
    b = b if b != a else f"{b} (b)"
    with st.expander(
        f"All {several(len(found.differences), 'difference')}", icon=":material/table_rows:", key=ALL, on_change="rerun"
    ) as box:
        if not box.open:
            return
        rows = found.differences
        shown = pl.DataFrame(
            {
                "What": [_label(one) for one in rows],
                a: [value_told(one, one.a) for one in rows],
                b: [value_told(one, one.b) for one in rows],
                "Difference": [difference_told(one) for one in rows],
                "95% interval": [interval_told(one) for one in rows],
                "q": [UNKNOWN if one.q is None else "<0.001" if one.q < 0.001 else f"{one.q:.3f}" for one in rows],
                "Note": ["by definition" if one.by_definition else "" for one in rows],
            }
        )
        st.dataframe(shown, hide_index=True, height=360, placeholder="", key="segment_differences_table")
        with st.container(horizontal=True):
            download_table("segment_differences", _facts(found))
            if clearest := found.clearest(MOST):
                download_figure("segment_differences", derived(differences_figure, clearest, names))


def _facts(found: Comparison) -> pl.DataFrame:
    rows = []
    for one in found.differences:
        plain = one.as_plain()
        low, high = plain.pop("interval") or (None, None)
        rows.append({**plain, "low": low, "high": high})
    return pl.DataFrame(rows, infer_schema_length=None)
