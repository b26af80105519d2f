"""Texts that come from data are shown as they are, never read as Markdown."""

import re

# Every sign that Streamlit's Markdown could act on: emphasis, links, images, colours, icons, maths, arrows, HTML.
SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&@=^\"])")


def literal(text: object) -> str:
    """The text as a label or a line of Markdown that shows it letter by letter."""
    return SIGNS.sub(r"\\\1", " ".join(str(text).split()))
