"""Who came back: a heatmap of cohorts, each cell as pale as its share is uncertain, below their mean."""

from collections.abc import Iterator, Sequence
from typing import Any

import plotly.graph_objects as go

from journey.charts.theme import INK, MUTED, PAPER, RAMP, a, dress, note
from journey.charts.words import between, count, date, day, percent
from journey.inference import Interval, wilson
from journey.retention import Cohort, Retention, RetentionQuestion, ValueCohort

Row = Cohort | ValueCohort
SMALL = 100  # below it, a share's 95% interval can be wider than ten points to each side
WIDE = (0.10, 0.20)  # widths of a 95% interval beyond which a cell is paler, and palest
OPACITY = (1.0, 0.55, 0.25)
PALER = "Paler: 95% interval over 10 points wide · palest: over 20"
MOST_ROWS = 14
MOST_NUMBERS = 24  # columns; of more, the cells are too narrow for a number
FEWEST = 6  # columns that there is room for at least: one alone would fill the card
ROW_PX = 34
LABEL_PX = 128
TOP = -1.2  # where the row of the means lies, above the cohort numbered 0


def shown_cohorts(retention: Retention) -> tuple[Cohort, ...]:
    """The newest cohorts that had any time to come back, oldest first: the rows of the heatmap, from one that is not empty to another."""
    ready = [cohort for cohort in retention.cohorts if len(cohort.begun) > 1 and cohort.begun[1]]
    while ready and not ready[-1].size:
        ready.pop()
    rows = ready[-MOST_ROWS:]
    while rows and not rows[0].size:
        rows.pop(0)
    return tuple(rows)


def period_name(question: RetentionQuestion, place: int) -> str:
    """ "week 5", or "weeks 4-7" for a bracket."""
    first, last = question.span(place)
    return f"{question.period} {first}" if first == last else f"{question.period}s {first}–{last}"


def start_label(ms: int, question: RetentionQuestion, timezone: str, cohorts: Sequence[Cohort]) -> str:
    """A cohort's start; with its year where the cohorts span several."""
    return label(ms, question.period, timezone, [cohort.start for cohort in cohorts])


def label(ms: int, period: str, timezone: str, beside: Sequence[int]) -> str:
    """The start of a period as it is known beside others: "26 Oct", "26 Oct 2025" where they lie in several years, "Oct 2025"."""
    if period == "month":
        return date(ms, timezone).split(" ", 1)[1]
    return date(ms, timezone) if len({date(start, timezone)[-4:] for start in beside}) > 1 else day(ms, timezone)


def retention_heatmap(retention: Retention) -> go.Figure:
    """One row per cohort of `shown_cohorts`, numbered from 0; one column per period, x = its number.  Their mean lies above, at TOP.

    Numbers are percent of the cohort.  Hatched: the period is not over.  Paler: the wider its interval, by WIDE.
    """
    rows = shown_cohorts(retention)
    columns = max(sum(cohort.begun) for cohort in rows) - 1
    shares = [[_cell(row, k) for k in range(1, columns + 1)] for row in rows]
    top = max((share for row in shares for share in row if share is not None), default=0) or 1
    figure = go.Figure()
    for grade in range(len(OPACITY)):
        part = [_of_grade(row, line, grade) for row, line in zip(rows, shares, strict=True)]
        if any(share is not None for line in part for share in line):
            figure.add_trace(_cells(retention, rows, part, top, grade))
    figure.add_trace(_means(retention, columns, top))
    dress(figure, 30 + round(ROW_PX * (len(rows) - TOP)), left=LABEL_PX, top=28)
    labels = row_labels(retention.question.period, retention.timezone, rows, retention.table.size)
    figure.update_layout(shapes=[hatch(rows, 1)], annotations=labels)
    names = [period_name(retention.question, k) for k in range(1, columns + 1)]
    every = -(-columns // MOST_NUMBERS)
    figure.update_xaxes(
        side="top",
        range=[0.5, max(columns, FEWEST) + 0.5],
        tickvals=list(range(1, columns + 1, every)),
        ticktext=[names[0].capitalize(), *[name.split(" ", 1)[1] for name in names[every::every]]],
        ticklabelstandoff=4,
    )
    figure.update_yaxes(range=[len(rows) - 0.5, TOP - 0.5], showgrid=False, showticklabels=False, automargin=False)
    return figure


def heatmap_width(retention: Retention) -> int:
    """px below which the heatmap scrolls."""
    return max(720, LABEL_PX + 26 * max(sum(cohort.begun) for cohort in shown_cohorts(retention)))


def _cell(cohort: Cohort, place: int) -> float | None:
    """The share in a cell; None where it is not yet, or nobody joined."""
    return cohort.share(place) if place < len(cohort.begun) and cohort.begun[place] else None


def _grade(cohort: Cohort, place: int) -> int | None:
    """How uncertain a cell is: beyond how many of the widths of WIDE its interval is wide."""
    if _cell(cohort, place) is None:
        return None
    interval = wilson(cohort.returned[place], cohort.size)
    return None if interval is None else sum(interval[1] - interval[0] > width for width in WIDE)


def _of_grade(cohort: Cohort, shares: Sequence[float | None], grade: int) -> list[float | None]:
    return [share if _grade(cohort, k) == grade else None for k, share in enumerate(shares, 1)]


def _cells(retention: Retention, rows: Sequence[Cohort], shares: Sequence[Sequence[float | None]], top: float, grade: int) -> go.Heatmap:
    """The cells of one grade; the others are empty."""
    columns = len(shares[0])
    return go.Heatmap(
        **_look(columns, top),
        y=list(range(len(rows))),
        z=shares,
        opacity=OPACITY[grade],
        text=[[_number(share, columns) for share in line] for line in shares],
        textfont={"size": 12, "color": MUTED if grade == len(WIDE) else INK},
        hovertext=[
            ["" if share is None else _hover(retention, row, k) for k, share in enumerate(line, 1)]
            for row, line in zip(rows, shares, strict=True)
        ],
    )


def _look(columns: int, top: float) -> dict[str, Any]:
    return {
        "x": list(range(1, columns + 1)),
        "zmin": 0,
        "zmax": top,
        "colorscale": RAMP,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "texttemplate": "%{text}",
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _number(share: float | None, columns: int) -> str:
    return "" if share is None or columns > MOST_NUMBERS else percent(share, 0).rstrip("%")


def _means(retention: Retention, columns: int, top: float) -> go.Heatmap:
    """The mean of each column over its complete cells, with its interval below it where there is room."""
    shares = [retention.mean[k] if k < len(retention.mean) else None for k in range(1, columns + 1)]
    intervals = [retention.intervals[k] if k < len(retention.intervals) else None for k in range(1, columns + 1)]
    texts = [_mean_text(share, interval, columns) for share, interval in zip(shares, intervals, strict=True)]
    return go.Heatmap(
        **_look(columns, top),
        y=[TOP],
        z=[shares],
        text=[texts],
        textfont={"size": 12, "color": INK},
        hovertext=[["" if share is None else _mean_hover(retention, k) for k, share in enumerate(shares, 1)]],
    )


def _mean_text(share: float | None, interval: Interval | None, columns: int) -> str:
    if share is None or interval is None or columns > MOST_NUMBERS // 2 + 1:
        return f"<b>{_number(share, columns)}</b>" if share is not None else ""
    low, high = (percent(end, 0).rstrip("%") for end in interval)
    return f"<b>{_number(share, columns)}</b><br><span style='font-size:11px'>{low}–{high}</span>"


def _mean_hover(retention: Retention, place: int) -> str:
    returned, size = retention.table.totals(place)
    when = period_name(retention.question, place)
    return (
        f"<b>{percent(retention.mean[place])}</b> of {count(size)} in the cohorts whose {when} is over<br>"
        f"{count(returned)} came back ({told_interval(retention.intervals[place])})"
    )


def _hover(retention: Retention, cohort: Cohort, place: int) -> str:
    returned, unfinished = cohort.returned[place], "" if cohort.complete[place] else "<br>Not over yet: may still rise"
    return (
        f"<b>{percent(cohort.share(place))}</b> of {count(cohort.size)} who joined {date(cohort.start, retention.timezone)}<br>"
        f"{count(returned)} came back in {period_name(retention.question, place)} "
        f"({told_interval(wilson(returned, cohort.size))}){unfinished}"
    )


def told_interval(interval: Interval | None) -> str:
    return "no interval" if interval is None else between(percent(interval[0]), percent(interval[1]))


def row_labels(period: str, timezone: str, rows: Sequence[Row], everyone: int) -> list[dict]:
    """Two columns left of the cells: when the cohort joined, and how many they are; above, how many they are together."""
    beside: dict[str, Any] = {"xref": "paper", "yref": "y"}
    heads = [
        note(0, 1, text, xref="paper", yref="paper", xshift=shift, yshift=12, xanchor=anchor)
        for text, shift, anchor in (("Joined", -LABEL_PX, "left"), ("Customers", -8, "right"))
    ]
    starts = [row.start for row in rows]
    names = [(TOP, "All, mean", everyone), *((i, label(row.start, period, timezone, starts), row.size) for i, row in enumerate(rows))]
    for place, name, size in names:
        heads.append(note(0, place, name, INK, **beside, xshift=-LABEL_PX, xanchor="left"))
        heads.append(note(0, place, f"<b>{count(size)}</b>", INK, **beside, xshift=-8, xanchor="right"))
    return heads


def hatch(rows: Sequence[Row], first: int) -> dict:
    """All incomplete cells from column `first` on in one path: a shape for each would be drawn, and paid for, one by one."""
    strokes = [
        f"M{place - 0.5 + u0:.3f},{i - 0.5 + v0:.3f}L{place - 0.5 + u1:.3f},{i - 0.5 + v1:.3f}"
        for i, row in enumerate(rows)
        for place in range(first, len(row.begun))
        if row.begun[place] and not row.complete[place] and row.size
        for (u0, v0), (u1, v1) in _strokes()
    ]
    return {"type": "path", "path": "".join(strokes) or "M0,0", "line": {"color": a(PAPER, 0.85), "width": 1.5}, "layer": "above"}


def _strokes() -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Diagonals of the unit square, interrupted where the number stands."""
    for step in range(-5, 6):
        shift = step / 5.5
        start, stop = max(0.0, -shift), min(1.0, 1.0 - shift)
        inner = max(0.29, 0.14 - shift), min(0.71, 0.86 - shift)
        parts = [(start, stop)] if inner[0] >= inner[1] else [(start, inner[0]), (inner[1], stop)]
        yield from (((u0, 1 - u0 - shift), (u1, 1 - u1 - shift)) for u0, u1 in parts if u1 > u0)
