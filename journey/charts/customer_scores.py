"""Why a chance is what it is: from the typical customer's to this one's, a step for what stands out most."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from journey.charts.theme import GHOST, INK, MUTED, NEG, POS, dress, note, plain
from journey.charts.words import percent, short, signed
from journey.customer.scored import Score
from journey.predict import Chance
from journey.predict.reasons import number

STEPS = 6
ROW = 34
ELSE = "Everything else"


@dataclass(frozen=True)
class Step:
    """From one chance to the next.  start, stop: 0 to 1."""

    name: str
    told: str
    start: float
    stop: float

    @property
    def added(self) -> float:
        return self.stop - self.start


def steps_of(chance: Chance, most: int = STEPS) -> list[Step]:
    """The path from the typical customer's chance to this one's, the largest contributions first.

    Contributions add up in log-odds; each is told as the points by which it moves the chance where it stands in the path,
    so that the steps add up to the chance exactly, while one step alone depends on its place.
    """
    ordered = sorted(chance.reasons, key=lambda one: (-abs(one.contribution), one.feature))
    steps, at = [], chance.base
    for one in ordered[:most]:
        told = f"{number(one.value, one.unit)} (typical {number(one.typical, one.unit)})"
        steps.append(Step(one.label, told, share(at), share(at + one.contribution)))
        at += one.contribution
    if len(ordered) > most:
        steps.append(Step(ELSE, f"{len(ordered) - most} more", share(at), chance.probability))
    return steps


def share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


def waterfall_figure(score: Score) -> go.Figure:
    """Bars from the typical customer's chance to this customer's; what raises an unwanted chance in the negative colour."""
    chance = score.chance
    if chance is None:
        return go.Figure()
    steps, base = steps_of(chance), share(chance.base)
    rows = [("Typical customer", "", 0.0, base, MUTED), *((s.name, s.told, s.start, s.stop, _colour(s, score.wanted)) for s in steps)]
    rows.append(("This customer", "", 0.0, chance.probability, INK))
    figure = go.Figure()
    figure.add_bar(
        y=list(range(len(rows))),
        x=[stop - start for _, _, start, stop, _ in rows],
        base=[start for _, _, start, _, _ in rows],
        orientation="h",
        marker={"color": [colour for *_, colour in rows], "cornerradius": 3},
        customdata=[f"{plain(name)}<br>{plain(told)}" if told else plain(name) for name, told, *_ in rows],
        hovertemplate="%{customdata}<extra></extra>",
    )
    dress(figure, len(rows) * ROW + 8, top=2, bottom=2, right=62, bargap=0.36)
    for at, (_, _, start, stop, _) in enumerate(rows):
        whole = at in (0, len(rows) - 1)
        text = f"<b>{percent(stop, 0)}</b>" if whole else _points(stop - start)
        figure.add_annotation(**note(1, at, text, INK, xref="paper", xanchor="right", xshift=58))
    names = [
        plain(short(name, 40)) + (f"<br><span style='font-size:11px'>{plain(short(told, 44))}</span>" if told else "")
        for name, told, *_ in rows
    ]
    figure.update_yaxes(
        tickvals=list(range(len(rows))), ticktext=names, range=[len(rows) - 0.5, -0.5], showgrid=False, tickfont={"size": 12, "color": INK}
    )
    figure.update_xaxes(range=[0, 1.02], showticklabels=False)
    for x in (base, chance.probability):
        figure.add_shape(
            type="line", x0=x, x1=x, y0=-0.4, y1=len(rows) - 0.6, layer="below", line={"color": GHOST, "width": 1, "dash": "dot"}
        )
    return figure


def _colour(step: Step, wanted: bool) -> str:
    if abs(step.added) < 0.0005:
        return GHOST
    return POS if (step.added > 0) == wanted else NEG


def _points(added: float) -> str:
    return signed(added * 100, 1 if abs(added) < 0.0095 else 0)


def describe_waterfall(score: Score) -> str:
    """What the figure shows, for those who cannot see it."""
    if score.chance is None:
        return score.missing
    told = "; ".join(f"{step.name} {_points(step.added)} points" for step in steps_of(score.chance))
    return f"From {percent(share(score.chance.base), 0)} for the typical customer to {percent(score.chance.probability, 0)}: {told}."


def main_score(scores: Sequence[Score]) -> Score | None:
    """The score the page speaks of first: of something unwanted, where there is one."""
    known = [score for score in scores if score.chance is not None]
    return next((score for score in known if not score.wanted), known[0] if known else None)
