"""The figures of what comes next: how likely each is, and how often such statements were right."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.charts.following_said import METHODS, chance_told, later_share, seen_told, statement, told_next
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, PAPER, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import percent, short
from journey.predict.following import Accuracy, Estimate, Likely, Next, Score

ROW, PROOF_ROW, STAGE_ROW = 40, 44, 26  # px
END = "(end)"


def next_figure(found: Next, later: Next | None = None) -> go.Figure:
    """A bar with its interval per thing that may come next; leaving hollow; a small mark is what came in later moments."""
    rows = found.likely
    places = list(range(len(rows)))
    figure = go.Figure(_bars(rows, places, [_colour(one, ()) for one in rows], 0.46))
    shares = [later_share(later, one.next) for one in rows]
    told = [(share, place) for share, place in zip(shares, places, strict=True) if share is not None]
    if told:
        marks = {"symbol": "line-ns", "size": 20, "line": {"width": 2.5, "color": INK}}
        figure.add_trace(
            go.Scatter(
                x=[share for share, _ in told],
                y=[place for _, place in told],
                mode="markers",
                marker=marks,
                hovertext=[f"Came next later: {percent(share)}" for share, _ in told],
                hovertemplate="%{hovertext}<extra></extra>",
            )
        )
    dress(figure, ROW * len(rows) + 12, right=112, yaxis_autorange="reversed", bargap=0.4)
    _name_rows(figure, [one.next for one in rows], INK)
    figure.update_xaxes(showticklabels=False, range=[0, _high(rows, shares)])
    for place, one in enumerate(rows):
        figure.add_annotation(note(1, place, f"<b>{percent(one.probability)}</b>", INK, xref="paper", xanchor="right", xshift=50))
        figure.add_annotation(note(1, place, seen_told(one), MUTED, 11, xref="paper", xanchor="right", xshift=108))
    return figure


def _bars(rows: Sequence[Likely], places: Sequence[int], colours: Sequence[str], width: float) -> go.Bar:
    ends = [one.interval or (one.probability, one.probability) for one in rows]
    return go.Bar(
        x=[one.probability for one in rows],
        y=list(places),
        orientation="h",
        width=width,
        marker={
            "color": [a(colour, 0.18) if one.next == END else colour for one, colour in zip(rows, colours, strict=True)],
            "line": {"color": list(colours), "width": [1 if one.next == END else 0 for one in rows]},
            "cornerradius": 3,
        },
        error_x=whiskers([one.probability for one in rows], ends, a(INK, 0.75), 1.3, 4),
        hovertext=[plain(chance_told(one)) for one in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _colour(one: Likely, same: Sequence[str]) -> str:
    return a(MUTED, 0.45) if one.next in same else MUTED if one.next == END else ACCENT


def _high(rows: Sequence[Likely], more: Sequence[float | None] = ()) -> float:
    ends = [one.interval[1] if one.interval else one.probability for one in rows]
    return max([0.05, *ends, *(share for share in more if share is not None)]) * 1.03


def _name_rows(figure: go.Figure, names: Sequence[str], colour: str) -> None:
    ticks = [plain(short(told_next(name), 24)) for name in names]
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=ticks, showgrid=False, tickfont={"color": colour, "size": 12})


def describe_next(found: Next) -> str:
    return f"{statement(found)}: " + "; ".join(f"{told_next(one.next)} {chance_told(one, name=False)}" for one in found.likely) + "."


def stages_next_figure(found: Sequence[Next]) -> go.Figure:
    """The likeliest next stages of each stage, one under another; staying is grey."""
    rows = [(one, likely) for one in found for likely in one.likely]
    places, heads, at = [], [], 0.0
    for one in found:
        heads.append(at)
        places += [at + 1 + k for k in range(len(one.likely))]
        at += len(one.likely) + 1.35
    figure = go.Figure(_bars([likely for _, likely in rows], places, [_colour(likely, one.after) for one, likely in rows], 0.6))  # type: ignore[arg-type]
    dress(figure, round(STAGE_ROW * at) + 8, right=48, yaxis_range=[at - 0.8, -0.7])
    names = ["stays" if likely.next in one.after else plain(short(likely.next, 18)) for one, likely in rows]
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False, tickfont={"color": MUTED, "size": 12})
    figure.update_xaxes(showticklabels=False, range=[0, max(_high([likely for _, likely in rows]), 1.0)])
    for place, (_, likely) in zip(places, rows, strict=True):
        figure.add_annotation(note(1, place, percent(likely.probability, 0), INK, xref="paper", xanchor="right", xshift=44))
    for place, one in zip(heads, found, strict=True):
        head = f"<b>{plain(short(one.after[-1].capitalize(), 24))}</b>"
        figure.add_annotation(note(0, place, head, INK, xref="paper", xanchor="left", yshift=-2))
    return figure


def accuracy_figure(found: Accuracy) -> go.Figure:
    """Per method: how often the likeliest came (filled) and one of the likeliest three (hollow), with intervals."""
    scores = list(found.scores)
    places = list(range(len(scores)))
    figure = go.Figure()
    for place in places:
        figure.add_hline(y=place, line={"color": a(GHOST, 0.45), "width": 1}, layer="below")
    figure.add_trace(_dots([one.top3 for one in scores], scores, places, False))
    figure.add_trace(_dots([one.top1 for one in scores], scores, places, True))
    dress(figure, PROOF_ROW * len(scores) + 34, right=112, top=26, yaxis_range=[len(scores) - 0.5, -0.5])
    names = [f"<b>{METHODS[one.method]}</b>" if one.method == found.chosen else METHODS[one.method] for one in scores]
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False, tickfont={"color": INK, "size": 12})
    figure.update_xaxes(range=[0, 1.02], tickvals=[0, 0.5, 1], ticktext=["0%", "50%", "100%"])
    for place, one in enumerate(scores):
        weight = ("<b>", "</b>") if one.method == found.chosen else ("", "")
        for value, shift in ((one.top1.value, 48), (one.top3.value, 104)):
            figure.add_annotation(
                note(1, place, weight[0] + percent(value, 0) + weight[1], INK, xref="paper", xanchor="right", xshift=shift)
            )
    for text, shift in (("first", 48), ("of three", 108)):
        figure.add_annotation(note(1, 1, text, MUTED, 11, xref="paper", yref="paper", xanchor="right", xshift=shift, yshift=12))
    return figure


def _dots(values: Sequence[Estimate], scores: Sequence[Score], places: Sequence[int], filled: bool) -> go.Scatter:
    ends = [one.interval or (one.value, one.value) for one in values]
    colours = [MUTED if score.method in ("frequency", "stays") else ACCENT for score in scores]
    what = "the likeliest came" if filled else "one of the likeliest three came"
    return go.Scatter(
        x=[one.value for one in values],
        y=list(places),
        mode="markers",
        marker={"size": 11, "color": colours if filled else PAPER, "line": {"width": 2, "color": colours}},
        error_x=whiskers([one.value for one in values], ends, MUTED, 1.3, 4),
        hovertext=[
            f"{METHODS[score.method]}: {what} {percent(one.value)} ({percent(low)} to {percent(high)})"
            for score, one, (low, high) in zip(scores, values, ends, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def describe_accuracy(found: Accuracy) -> str:
    told = (f"{METHODS[one.method]} {percent(one.top1.value)}, of three {percent(one.top3.value)}" for one in found.scores)
    return "How often the likeliest came, and one of the likeliest three: " + "; ".join(told) + "."
