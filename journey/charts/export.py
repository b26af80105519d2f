"""A figure as a file that opens anywhere: stand-in colours swapped for the light theme's, Plotly's own code inside."""

import json
import tomllib
from functools import lru_cache
from pathlib import Path

import plotly.graph_objects as go
import plotly.io

CONFIG = Path(__file__).parent.parent.parent / ".streamlit" / "config.toml"


@lru_cache(maxsize=1)
def _tokens() -> dict[str, str]:
    """Stand-in -> colour, as Streamlit's own front end swaps them for theme tokens."""
    light = tomllib.loads(CONFIG.read_text())["theme"]["light"]
    listed = {
        **{f"#{i:06d}": colour for i, colour in enumerate(light["chartCategoricalColors"], 1)},
        **{f"#{i:06d}": colour for i, colour in enumerate(light["chartSequentialColors"], 11)},
        **{f"#{i:06d}": colour for i, colour in enumerate(light["chartDivergingColors"], 21)},
    }
    return {**listed, "#000037": light["textColor"], "#000038": light["backgroundColor"]}


def in_light(text: str) -> str:
    """The text with every stand-in colour swapped for the light theme's; names from data are to be kept out of it."""
    for stand_in, colour in _tokens().items():
        text = text.replace(stand_in, colour)
    return text


def standalone(figure: go.Figure) -> bytes:
    """One HTML file that asks nothing of the network."""
    plain = go.Figure(json.loads(in_light(figure.to_json()))).update_layout(template="none")
    return plotly.io.to_html(plain, include_plotlyjs=True, config={"displayModeBar": False}).encode()
