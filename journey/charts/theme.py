"""One dress for every figure, and the colours it may use.

The colours are stand-ins: the browser replaces the strings #000001 to #000038 anywhere in a figure by the tokens of the
theme in force.  So a figure is free of the theme, can be cached once for light and dark, and never holds a real colour.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
from plotly.basedatatypes import BaseFigure

Figure = go.Figure  # so that pages name a figure without knowing what draws it

CAT = tuple(f"#{n:06d}" for n in range(1, 9))
SEQ = tuple(f"#{n:06d}" for n in range(11, 21))
DIV = tuple(f"#{n:06d}" for n in range(21, 31))
ACCENT, CAUTION = CAT[0], CAT[1]
GHOST, MUTED = "#000009", "#000010"  # what is lost, other, or not told from noise; secondary text
NEG, POS = DIV[0], DIV[-1]
INK, PAPER = "#000037", "#000038"
CLEAR = "rgba(0,0,0,0)"

# The half of the ramp on which INK text keeps its contrast in both themes: for heatmaps with numbers in their cells.
RAMP = [[i / 5, colour] for i, colour in enumerate(SEQ[:6])]

FAMILY = "Inter, sans-serif"
QUIET = {"displayModeBar": False, "doubleClick": False}
STILL = {"staticPlot": True}  # for what is neither clicked nor hovered


def a(colour: str, alpha: float) -> str:
    """The colour at this opacity, 0 to 1: two hex digits that stay behind when the stand-in is replaced."""
    return f"{colour}{round(255 * alpha):02x}"


_AXIS = {"showline": False, "zeroline": False, "ticks": "", "fixedrange": True, "title": None, "automargin": True, "tickangle": 0}
_TICKS = {"tickfont": {"size": 12, "color": MUTED}}
_X = {**_AXIS, **_TICKS, "showgrid": False}
_Y = {**_AXIS, **_TICKS, "showgrid": True, "gridcolor": a(GHOST, 0.45), "gridwidth": 1, "ticklabelstandoff": 8}


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Both; where they disagree, what lies over."""
    both = dict(under)
    for name, value in over.items():
        beneath = both.get(name)
        both[name] = _merged(beneath, value) if isinstance(value, Mapping) and isinstance(beneath, Mapping) else value
    return both


def dress(figure: go.Figure, height: int, *, left: int = 0, right: int = 0, top: int = 8, bottom: int = 0, **layout: Any) -> go.Figure:
    """Give a figure its type, space and axes, and hand it back; `layout` overrides or adds.

    Everything is set on the layout itself: Streamlit's template overrides what a template of ours would say.
    """
    look: dict[str, Any] = {
        "template": "streamlit" if "streamlit" in pio.templates else "none",  # registered by streamlit, where there is one
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "font": {"family": FAMILY, "size": 12, "color": INK},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "colorway": list(CAT),  # bars ignore the theme's categorical colours unless they are named here
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "bargap": 0.34,
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": GHOST, "font": {"family": FAMILY, "size": 12, "color": INK}, "align": "left"},
    }
    held = figure.layout.to_plotly_json()
    look |= {axis: _X if axis[0] == "x" else _Y for axis in ("xaxis", "yaxis", *held) if axis[1:5] == "axis"}
    # A layout is made anew, as each change of one in place takes several times as long.
    figure.layout = _merged(_merged(held, look), layout)
    return figure


class Told(BaseFigure):
    """A finished figure as the text that is sent.

    The figure itself copies all of it for every showing; and of its thousands of small parts, each is looked at anew in
    every search for garbage, which Streamlit makes after every run of a page.
    """

    def __init__(self, figure: go.Figure) -> None:
        self.__dict__["text"] = figure.to_json(validate=False)

    def to_json(self, *_: Any, **__: Any) -> str:
        text: str = self.__dict__["text"]
        return text

    def to_dict(self) -> dict[str, Any]:
        plain: dict[str, Any] = json.loads(self.to_json())
        return plain


def told(thing: Any) -> Any:
    """A figure as it is sent, also that of a picture with its marks; anything else as it is."""
    if isinstance(thing, Figure):
        return Told(thing)
    held = getattr(thing, "figure", None) if is_dataclass(thing) and not isinstance(thing, type) else None
    return replace(thing, figure=Told(held)) if isinstance(held, Figure) else thing


def hatched(colours: Any, marks: Any = GHOST) -> dict[str, Any]:
    """The marker of who left: striped in `marks` over `colours`, either one for all bars or one for each."""
    pattern = {"shape": "/", "fgcolor": marks, "bgcolor": CLEAR, "size": 7, "solidity": 0.32, "fillmode": "overlay"}
    return {"color": colours, "cornerradius": 3, "pattern": pattern}


def note(x: Any, y: Any, text: str, colour: str = MUTED, size: int = 12, **more: Any) -> dict[str, Any]:
    """A text in a figure without an arrow, centred on its place unless `more` anchors it elsewhere.

    The text is markup: pass names that come from data through `plain` first.
    """
    anchors = {"xanchor": "center", "yanchor": "middle"}
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": {"size": size, "color": colour}, **anchors, **more}


def plain(text: Any) -> str:
    """A name from data as the figure shall show it, letter by letter.

    Plotly renders tags (<a href>, <br>, <b>), entities, $tex$ and %{templates} in every text; and the browser would
    replace a stand-in colour inside a name.  Each of their first signs becomes an entity, which is shown as the sign.
    Control signs and those that turn the direction of text are dropped.
    """
    return "".join(_ENTITIES.get(sign, sign) for sign in str(text) if unicodedata.category(sign) not in ("Cc", "Cf") or sign in "\n\t ")


_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "$": "&#36;",
    "%": "&#37;",
    "#": "&#35;",
    "\n": " ",
    "\t": " ",
}
