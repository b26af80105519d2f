"""Data is text on every page, whatever it looks like."""

import pytest

from pages.parts.text import literal

JOINER = "\N{WORD JOINER}"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Add to cart", "Add to cart"),
        (":red[x]", r"\:red\[x\]"),
        ("$x^2$", r"\$x\^2\$"),
        ("![](http://a.b)", rf"\!\[\]\(http{JOINER}\://a\.b\)"),
        ("https://a.b", rf"http{JOINER}s\://a\.b"),
        ("www.a.b", rf"www{JOINER}\.a\.b"),
        ("a@b.c", rf"a{JOINER}\@b\.c"),
        ("two\nlines", "two lines"),
        (5, "5"),
    ],
)
def test_nothing_is_read_as_markdown(told: object, shown: str) -> None:
    assert literal(told) == shown
