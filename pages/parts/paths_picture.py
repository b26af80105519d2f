"""The flows, and which of them was clicked."""

from typing import Any

import streamlit as st

from journey.charts.paths import PathsPicture, describe, narrowest, paths_figure
from journey.paths import Path, Paths, Way
from pages.parts.charts import draw
from pages.parts.workspace import derived


def show_picture(paths: Paths, way: Path | Way | None) -> tuple[dict[str, Any] | None, PathsPicture | None]:
    """-> (the mark that was clicked in this run, the picture), None for either where there is none.

    Without a path there is a sentence in the picture's place.
    """
    if not paths.links:
        st.caption("No flow to draw: choose another start, another end, more steps, or a longer period.")
        return None, None
    extra = max(0, paths.question.rows - 5)
    picture = derived(paths_figure, paths, way, height=480 + 34 * extra)
    click = draw(picture.figure, "paths", alt=describe(paths), clicks=True, min_width=narrowest(paths))
    return picture.mark(click), picture
