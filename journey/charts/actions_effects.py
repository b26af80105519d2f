"""What each action adds to the chance of its outcome, with its interval: filled where it was measured, hollow where it was assumed."""

from collections.abc import Sequence

import plotly.graph_objects as go

from journey.actions.effects import Effect
from journey.charts.actions_said import added_interval, added_told, source_short
from journey.charts.theme import ACCENT, GHOST, INK, MUTED, NEG, PAPER, a, dress, note, plain
from journey.charts.whiskers import whiskers
from journey.charts.words import short

ROW = 30


def effects_figure(effects: Sequence[Effect]) -> go.Figure:
    """A dot and its 95% interval per action, from zero; one that nobody measured or assumed has no dot, and says so."""
    figure = go.Figure()
    known = [(place, effect) for place, effect in enumerate(effects) if effect.is_measured and effect.interval is not None]
    for place, effect in known:
        _dot(figure, place, effect)
    dress(figure, ROW * len(effects) + 26, right=188, top=6, bottom=18, yaxis_autorange=None)
    names = [plain(short(effect.action, 26)) for effect in effects]
    figure.update_yaxes(
        tickvals=list(range(len(effects))), ticktext=names, showgrid=False, tickfont={"color": INK}, range=[len(effects) - 0.5, -0.5]
    )
    low = min([0.0, *(effect.interval[0] for _, effect in known if effect.interval)])
    high = max([0.0, *(effect.interval[1] for _, effect in known if effect.interval)])
    pad = max(high - low, 0.02) * 0.06
    figure.update_xaxes(range=[low - pad, high + pad], showticklabels=False)
    figure.add_vline(x=0, line={"color": MUTED, "width": 1})
    for place, effect in enumerate(effects):
        figure.add_hline(y=place, line={"color": a(GHOST, 0.45), "width": 1}, layer="below")
        told = f"{added_interval(effect)}   <b>{added_told(effect)}</b>" if effect.is_measured else source_short(effect)
        figure.add_annotation(note(1, place, told, INK if effect.is_measured else MUTED, xref="paper", xanchor="right", xshift=184))
    figure.add_annotation(note(0, 0, "adds nothing", MUTED, 11, yref="paper", yanchor="top", yshift=-2))
    return figure


def _dot(figure: go.Figure, place: int, effect: Effect) -> None:
    low, high = effect.interval or (0.0, 0.0)
    mean = effect.mean or 0.0
    colour = NEG if high < 0 else ACCENT if low > 0 else MUTED
    hollow = effect.source != "experiment"
    figure.add_scatter(
        x=[mean],
        y=[place],
        mode="markers",
        marker={"color": PAPER if hollow else colour, "size": 11, "line": {"color": colour, "width": 2}},
        error_x=whiskers([mean], [(low, high)], colour, 2, 0),
        hovertext=[plain(effect.told)],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def describe_effects(effects: Sequence[Effect]) -> str:
    """What the figure shows, for those who cannot see it."""
    return "What each action adds to the chance of its outcome. " + " ".join(f"{effect.action}: {effect.told}" for effect in effects)
