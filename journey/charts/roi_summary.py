"""One page for someone who was not there: the result, what it rests on, and how it was computed, as a file that prints.

The file stands alone: no script, no request, and a rule inside it that forbids both.  Every text is escaped.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from journey.charts.export import in_light
from journey.charts.roi_svg import profit_svg
from journey.charts.words import short

STYLE = """
@page { size: A4 portrait; margin: 10mm 13mm; }
:root { --accent: #000001; --ghost: #000009; --muted: #000010; --ink: #000037; --paper: #000038; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 8mm 0; max-width: 184mm; background: var(--paper); color: var(--ink);
  font: 9.2pt/1.36 Inter, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; print-color-adjust: exact; }
h1 { margin: 0; font-size: 10.5pt; color: var(--muted); font-weight: 600; overflow-wrap: anywhere; }
.answer { margin: 1mm 0 1mm; font-size: 15.5pt; line-height: 1.22; font-weight: 650; overflow-wrap: anywhere; }
.caption, .small { color: var(--muted); font-size: 8pt; margin: .8mm 0 0; overflow-wrap: anywhere; }
.cards { display: flex; gap: 2.5mm; margin: 3.5mm 0 3mm; }
.card { flex: 1; border: 1px solid var(--ghost); border-radius: 2mm; padding: 2mm 2.5mm; }
.card b { display: block; font-size: 13pt; line-height: 1.25; }
.card span { color: var(--muted); font-size: 7.8pt; }
h2 { margin: 3mm 0 1mm; font-size: 10pt; }
table { width: 100%; border-collapse: collapse; font-size: 8.2pt; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--muted); font-weight: 500; padding: 0 2mm .6mm 0; }
td { border-top: 1px solid var(--ghost); padding: .75mm 2mm .75mm 0; vertical-align: top; overflow-wrap: anywhere; }
td:nth-child(n+2) { width: 17.5%; } td:nth-child(3) { width: 23%; } td:first-child { font-weight: 550; }
svg { display: block; width: 100%; height: auto; font-size: 11px; }
svg text { fill: var(--muted); } svg .ink { fill: var(--ink); } svg .strong { fill: var(--accent); font-weight: 650; }
.band { fill: var(--accent); opacity: .14; } .middle { fill: none; stroke: var(--accent); stroke-width: 2.2; }
.grid { stroke: var(--ghost); stroke-width: .6; opacity: .7; } .zero { stroke: var(--muted); stroke-width: 1; }
.ring { fill: var(--paper); stroke: var(--accent); stroke-width: 2; }
.question { font: 6.6pt/1.3 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; color: var(--muted);
  margin: 1mm 0 0; overflow-wrap: anywhere; }
footer { border-top: 1px solid var(--ghost); margin-top: 3mm; padding-top: 1.6mm; }
@media print { body.long { zoom: .86; } body { padding: 0; max-width: none; } section, .cards, table, footer { break-inside: avoid; } }
"""
FORBIDDEN = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
MOST_LINES = 28  # that fit a page at full size
MOST_ROWS, MOST_REMARKS, LONGEST_QUESTION = 13, 3, 1_000


@dataclass(frozen=True)
class Brief:
    """What the page says, in words already.

    cards: (name, value, what stands below it).  assumptions: rows of (assumption, value, where it is from, the profit at its
    low and its high end, what it must be).
    middle, band, payback, currency: as of `profit_figure`; middle () without a picture.  remarks: sentences.
    question: JSON that repeats the numbers.
    """

    title: str
    answer: str
    caption: str
    cards: Sequence[tuple[str, str, str]]
    assumptions: Sequence[tuple[str, str, str, str, str]]
    middle: Sequence[float]
    band: tuple[Sequence[float], Sequence[float]] | None
    payback: float | None
    currency: str | None
    remarks: Sequence[str]
    method: str
    made: str
    question: str = ""


def write_summary(brief: Brief) -> bytes:
    """The file, HTML in UTF-8, one page of A4 when printed."""
    told = short(brief.title, 90)
    size = ' class="long"' if _lines(brief) > MOST_LINES else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{FORBIDDEN}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(told)}</title><style>{in_light(STYLE)}</style></head><body{size}><main>"
        f"<h1>{escape(told)}</h1>"
        f'<p class="answer">{escape(brief.answer)}</p><p class="caption">{escape(short(brief.caption, 260))}</p>'
        f"{_cards(brief)}{_picture(brief)}{_assumptions(brief)}{_remarks(brief)}{_footer(brief)}"
        "</main></body></html>"
    ).encode()


def _lines(brief: Brief) -> float:
    """About how many lines of text stand around the picture: a long summary is printed smaller, so that it stays one page."""
    remarks = sum(math.ceil(min(len(remark), 300) / 120) for remark in brief.remarks[:MOST_REMARKS])
    wrapped = sum(1 + (max(map(len, row)) > 26) * 0.6 for row in brief.assumptions[:MOST_ROWS])
    asked = len(brief.question) if len(brief.question) <= LONGEST_QUESTION else 0
    return wrapped + remarks + len(brief.method) / 120 + asked / 190


def _cards(brief: Brief) -> str:
    cards = "".join(
        f'<div class="card"><span>{escape(name)}</span><b>{escape(value)}</b><span>{escape(beside)}</span></div>'
        for name, value, beside in brief.cards
    )
    return f'<div class="cards">{cards}</div>'


def _picture(brief: Brief) -> str:
    if len(brief.middle) < 2:
        return ""
    band = ": eight of ten futures lie in the band" if brief.band else ""
    drawn = profit_svg(brief.middle, brief.band, brief.payback, brief.currency, brief.answer)
    return f"<section><h2>Cumulative profit{band}</h2>{drawn}</section>"


def _assumptions(brief: Brief) -> str:
    head = "".join(
        f"<th>{escape(name)}</th>" for name in ("Assumption", "Value, or P10 to P90", "Where it is from", "Profit at its ends", "To pay")
    )
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(short(cell, 64))}</td>" for cell in row) + "</tr>" for row in brief.assumptions[:MOST_ROWS]
    )
    return f"<section><h2>What it rests on</h2><table><tr>{head}</tr>{rows}</table></section>"


def _remarks(brief: Brief) -> str:
    return "".join(f'<p class="small">{escape(short(remark, 300))}</p>' for remark in brief.remarks[:MOST_REMARKS])


def _footer(brief: Brief) -> str:
    # A question that was cut would ask something else, so that a longer one is left out.
    whole = brief.question if len(brief.question) <= LONGEST_QUESTION else ""
    question = f'<p class="question">{escape(whole)}</p>' if whole else ""
    return f'<footer><p class="small">{escape(brief.method)}</p><p class="small">{escape(brief.made)}</p>{question}</footer>'
