"""Texts that come from data are shown as they are, never read as Markdown."""

import re

# Every sign that Streamlit's Markdown could act on: emphasis, links, images, colours, icons, maths, arrows, HTML.
SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&@=^\"])")
# Addresses become links after escapes are gone, so they are broken by a sign that has no width and allows no line break.
ADDRESSES = re.compile(r"(?<=http)(?=s?://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
JOINER = "\N{WORD JOINER}"


def literal(text: object) -> str:
    """The text as a label or a line of Markdown that shows it letter by letter."""
    return SIGNS.sub(r"\\\1", ADDRESSES.sub(JOINER, " ".join(str(text).split())))
