"""What comes of the assumptions: cards, cumulative profit, what matters most, the cash of each month, what would have to be true."""

from dataclasses import replace

import polars as pl
import streamlit as st

from journey.charts.roi import cash_figure, profit_figure, tornado_figure
from journey.charts.roi_rows import losing_told, must_be_sentence, needs_rows, profit_told, swings_of, tornado_told
from journey.charts.roi_said import course_of, payback_of, roi_cards
from journey.charts.words import delta
from journey.roi import Roi, RoiQuestion, measure_roi
from journey.roi.spread import fixed
from journey.scope import Scope
from pages.parts.charts import draw
from pages.parts.frame import Page, download_figure, download_table
from pages.parts.roi_assumptions import Put
from pages.parts.roi_people import choose_counted
from pages.parts.roi_summary import offer_summary
from pages.parts.text import literal
from pages.parts.workspace import answer, derived

MONEY_IN = ("revenue_per_month", "value_per_order")
ROW = 35  # px of a table's


def show_cards(roi: Roi, limit: float) -> None:
    with st.grid(5, min_column_width=132, key="roi_cards"):
        for name, value, beside, warned in roi_cards(roi, limit):
            st.metric(
                name,
                literal(value),
                literal(delta(beside)),
                delta_color="red" if warned else "off",
                delta_arrow="off",
                border=True,
                height="stretch",
            )


def show_cautions(roi: Roi, put: Put) -> None:
    """What the answer itself warns of."""
    for told in cautions_of(roi, put):
        st.caption(":material/warning: " + literal(told))


def cautions_of(roi: Roi, put: Put) -> list[str]:
    """What the question, the experiment that was taken, and a log without revenue give to beware of."""
    made_up = [entry.field.assumption.sentence for entry in put.entries if entry.field.name in MONEY_IN and entry.source == "assumed"]
    return [*roi.evidence.warnings, *(put.taken.cautions if put.taken else ()), *made_up]


def show_profit(page: Page, put: Put, roi: Roi, first: Roi) -> None:
    """The card of cumulative profit with its band, and what to take along.  first: of which the answer is told."""
    with st.container(border=True, key="roi_profit_card"):
        _title("Cumulative profit", profit_told(roi))
        middle, band = course_of(roi)
        figure = derived(profit_figure, middle, band, payback_of(roi), roi.currency)
        draw(figure, "roi_profit", alt=profit_told(roi))
        with st.container(horizontal=True, vertical_alignment="center"):
            offer_summary(page, put, first, None if first is roi else roi)
            download_table("roi_months", lambda: pl.DataFrame([one.as_plain() for one in roi.months]))
            download_figure("roi_profit", figure)


def show_tornado(page: Page, roi: Roi) -> None:
    """The card of what matters most."""
    settled = answer(page.con, page.version, measure_roi, settled_of(roi.question), Scope()) if roi.question.uncertain else None
    bars = swings_of(roi, settled)
    with st.container(border=True, key="roi_tornado_card"):
        _title("What matters most", told := tornado_told(roi, bars))
        if bars:
            draw(derived(tornado_figure, bars, roi.total, roi.currency), "roi_tornado", alt=told, min_width=460)


def settled_of(question: RoiQuestion) -> RoiQuestion:
    """The same with every range brought to its middle."""
    return replace(question, values=tuple((name, fixed(spread.central)) for name, spread in question.values), correlate=())


def show_cash(roi: Roi) -> None:
    with st.container(border=True, height="stretch", key="roi_cash_card"):
        _title("Cash, month by month", losing_told(roi))
        flows = [-one.cost + one.benefit for one in roi.months]
        draw(derived(cash_figure, flows, roi.currency, ROW * len(needs_rows(roi)) + ROW), "roi_cash", alt=losing_told(roi))


def show_needs(page: Page, put: Put, roi: Roi) -> None:
    """Each assumption's break-even beside what it is now, and how many futures are on the side that pays."""
    with st.container(border=True, height="stretch", key="roi_needs_card"):
        _title("What would have to be true", must_be_sentence(roi))
        rows = needs_rows(roi)
        frame = pl.DataFrame(rows, infer_schema_length=None)
        text = st.column_config.TextColumn
        columns = {
            "Assumption": text(width=204, pinned=True),
            "Now": text(width=74),
            "P10 to P90": text(width=120),
            "To pay": text(width=118),
            "Holds in": text(width=64, help="Share of the futures in which this assumption alone is on the side that pays"),
        }
        st.dataframe(frame, hide_index=True, height="content", column_config=columns, key="roi_needs", placeholder="")
        with st.container(horizontal=True, vertical_alignment="center"):
            download_table("what_would_have_to_be_true", frame)
            choose_counted(put)


def _title(title: str, told: str) -> None:
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True):
            st.subheader(title, anchor=False)
        st.caption(literal(told))
