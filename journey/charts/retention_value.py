"""What the customers of each cohort have brought since they joined: a heatmap of means, and their mean over cohorts as a curve."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from journey.charts.retention import FEWEST, LABEL_PX, MOST_NUMBERS, MOST_ROWS, OPACITY, ROW_PX, TOP, hatch, row_labels
from journey.charts.theme import ACCENT, INK, MUTED, RAMP, a, dress, note
from journey.charts.words import MINUS, SIGNS, between, count, date, decimal, money
from journey.inference import Interval
from journey.retention import CohortValue, ValueCohort, Worth

WIDE = (0.5, 1.0)
"""Widths of a 95% interval, as shares of the mean it is of, beyond which a cell is paler, and palest."""
PALER = "Paler: 95% interval over half the mean wide · palest: over the mean, or unknown"


def valued_cohorts(answer: CohortValue) -> tuple[ValueCohort, ...]:
    """The newest cohorts that anyone joined, oldest first: the rows of the heatmap, from one that is not empty to another."""
    begun = [cohort for cohort in answer.cohorts if cohort.begun and cohort.begun[0]]
    while begun and not begun[-1].size:
        begun.pop()
    rows = begun[-MOST_ROWS:]
    while rows and not rows[0].size:
        rows.pop(0)
    return tuple(rows)


def in_currency(answer: CohortValue) -> str:
    """ ", €" for a title; "" where no currency is set."""
    return f", {SIGNS.get(answer.currency.upper(), answer.currency.upper())}" if answer.currency else ""


def told_worth(answer: CohortValue, worth: Worth) -> str:
    """ "€21.22 (€20.30 to €22.10)"."""
    return f"{money(worth.mean, answer.currency)} ({told_between(answer, worth.interval)})"


def told_between(answer: CohortValue, interval: Interval | None) -> str:
    return "no interval" if interval is None else between(*(money(end, answer.currency) for end in interval))


def value_heatmap(answer: CohortValue) -> go.Figure:
    """One row per cohort of `valued_cohorts`, numbered from 0; x = the period since joining, from 0; the mean of all at TOP."""
    rows = valued_cohorts(answer)
    columns = max(sum(cohort.begun) for cohort in rows)
    cells = [[worth if begun else None for worth, begun in zip(row.worth, row.begun, strict=True)] for row in rows]
    cells = [line + [None] * (columns - len(line)) for line in (line[:columns] for line in cells)]
    means = [worth.mean for line in cells for worth in line if worth is not None and worth.mean is not None]
    ends = min(0.0, *means), max(*means, 0.0) or 1.0
    figure = go.Figure()
    for grade in range(len(OPACITY)):
        part = [[worth if worth is not None and _grade(worth) == grade else None for worth in line] for line in cells]
        if any(worth is not None for line in part for worth in line):
            figure.add_trace(_cells(answer, rows, part, ends, grade))
    figure.add_trace(_means(answer, columns, ends))
    dress(figure, 30 + round(ROW_PX * (len(rows) - TOP)), left=LABEL_PX, top=28)
    labels = row_labels(answer.question.period, answer.timezone, rows, answer.evidence.population)
    figure.update_layout(shapes=[hatch(rows, 0)], annotations=labels)
    every = -(-columns // MOST_NUMBERS)
    names = [f"{answer.question.period.capitalize()} 0", *map(str, range(every, columns, every))]
    figure.update_xaxes(
        side="top", range=[-0.5, max(columns, FEWEST) - 0.5], tickvals=list(range(0, columns, every)), ticktext=names, ticklabelstandoff=4
    )
    figure.update_yaxes(range=[len(rows) - 0.5, TOP - 0.5], showgrid=False, showticklabels=False, automargin=False)
    return figure


def _grade(worth: Worth) -> int | None:
    """How uncertain a mean is, by WIDE; None of nobody."""
    if worth.mean is None:
        return None
    if worth.interval is None:
        return len(WIDE)
    width = worth.interval[1] - worth.interval[0]
    return sum(width > share * abs(worth.mean) for share in WIDE)


def _cells(
    answer: CohortValue, rows: Sequence[ValueCohort], cells: Sequence[Sequence[Worth | None]], ends: Interval, grade: int
) -> go.Heatmap:
    """The cells of one grade; the others are empty."""
    return go.Heatmap(
        **_look(len(cells[0]), ends),
        y=list(range(len(rows))),
        z=[[None if worth is None else worth.mean for worth in line] for line in cells],
        opacity=OPACITY[grade],
        text=[["" if worth is None else _number(worth.mean, ends, len(line)) for worth in line] for line in cells],
        textfont={"size": 12, "color": MUTED if grade == len(WIDE) else INK},
        hovertext=[
            ["" if worth is None else _hover(answer, row, k, worth) for k, worth in enumerate(line)]
            for row, line in zip(rows, cells, strict=True)
        ],
    )


def _means(answer: CohortValue, columns: int, ends: Interval) -> go.Heatmap:
    means = [answer.mean[k] if k < len(answer.mean) else None for k in range(columns)]
    return go.Heatmap(
        **_look(columns, ends),
        y=[TOP],
        z=[[None if worth is None else worth.mean for worth in means]],
        text=[["" if worth is None else _mean_text(worth, ends, columns) for worth in means]],
        textfont={"size": 12, "color": INK},
        hovertext=[["" if worth is None else _mean_hover(answer, k, worth) for k, worth in enumerate(means)]],
    )


def _look(columns: int, ends: Interval) -> dict[str, Any]:
    return {
        "x": list(range(columns)),
        "zmin": ends[0],
        "zmax": ends[1],
        "colorscale": RAMP,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "texttemplate": "%{text}",
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _number(mean: float | None, ends: Interval, columns: int) -> str:
    """As many digits as three that matter; thousands as "1.2k"."""
    if mean is None or columns > MOST_NUMBERS:
        return ""
    top = max(abs(end) for end in ends)
    if top >= 10_000:
        return (MINUS if mean < 0 else "") + f"{abs(mean) / 1000:,.1f}k"
    return decimal(mean, 0 if top >= 100 else 1 if top >= 1 else 2)


def _mean_text(worth: Worth, ends: Interval, columns: int) -> str:
    if worth.interval is None or columns > MOST_NUMBERS // 2 + 1:
        return f"<b>{_number(worth.mean, ends, columns)}</b>"
    low, high = (_number(end, ends, columns) for end in worth.interval)
    return f"<b>{_number(worth.mean, ends, columns)}</b><br><span style='font-size:11px'>{low}–{high}</span>"


def _mean_hover(answer: CohortValue, place: int, worth: Worth) -> str:
    return (
        f"<b>{money(worth.mean, answer.currency)}</b> per customer by {answer.question.period} {place} "
        f"({told_between(answer, worth.interval)})<br>{count(worth.size)} customers of the cohorts that have completed it"
    )


def _hover(answer: CohortValue, cohort: ValueCohort, place: int, worth: Worth) -> str:
    unfinished = "" if cohort.complete[place] else "<br>Not over yet: may still change"
    return (
        f"<b>{money(worth.mean, answer.currency)}</b> per customer ({told_between(answer, worth.interval)})<br>"
        f"{money(worth.value, answer.currency)} of {count(worth.size)} who joined {date(cohort.start, answer.timezone)}, "
        f"by {answer.question.period} {place}<br>{count(worth.earning)} of them brought any{unfinished}"
    )


def value_curve(answer: CohortValue) -> go.Figure:
    """The mean per customer by period since joining, over complete cells, with its 95% interval."""
    points = [(k, worth) for k, worth in enumerate(answer.mean) if worth is not None and worth.mean is not None]
    x, y = [k for k, _ in points], [worth.mean or 0.0 for _, worth in points]
    ends = [worth.interval or (worth.mean or 0.0,) * 2 for _, worth in points]
    figure = go.Figure()
    band = {"x": x + x[::-1], "y": [high for _, high in ends] + [low for low, _ in ends][::-1], "mode": "lines"}
    figure.add_trace(go.Scatter(**band, fill="toself", fillcolor=a(ACCENT, 0.14), line={"width": 0}, hoverinfo="skip"))
    hover = [_mean_hover(answer, k, worth) for k, worth in points]
    line = {"mode": "lines+markers", "line": {"color": ACCENT, "width": 2.2}, "marker": {"size": 6, "color": ACCENT}}
    figure.add_trace(go.Scatter(x=x, y=y, **line, hovertext=hover, hovertemplate="%{hovertext}<extra></extra>"))
    figure.add_annotation(note(x[-1], y[-1], f"<b>{money(y[-1], answer.currency)}</b>", ACCENT, xanchor="left", xshift=10))
    dress(figure, 240, right=88)
    low, high = min(0.0, *(low for low, _ in ends)), max(0.0, *(high for _, high in ends)) or 1.0
    ticks = [low + (high - low) * i / 3 for i in range(4)] if low < 0 else _ticks(high)
    figure.update_yaxes(tickvals=ticks, ticktext=[money(tick, answer.currency) for tick in ticks], range=[low, max(ticks[-1], high) * 1.02])
    every = -(-len(x) // 16)
    figure.update_xaxes(tickvals=x[::every], ticktext=[str(k) for k in x[::every]], range=[min(x) - 0.2, max(max(x), 1) + 0.05])
    return figure


def _ticks(highest: float) -> list[float]:
    step = _step(highest)
    return [i * step for i in range(5) if (i - 1) * step < highest]


def _step(highest: float) -> float:
    """A round step of which at most four reach the highest."""
    size = 10.0 ** (len(f"{highest:.0f}") - 2)
    return next((size * factor for factor in (0.5, 1, 2, 2.5, 5, 10, 20, 25, 50) if 4 * size * factor >= highest), highest)
