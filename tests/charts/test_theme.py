import html

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from journey.charts.theme import ACCENT, CAT, DIV, NEG, PAPER, POS, RAMP, SEQ, a, dress, note, plain

HOSTILE = [
    '<a href="javascript:alert(1)">x</a>',
    "a<br>b",
    "<script>",
    "R&D &lt;b&gt;",
    "$x^2$",
    "%{y}",
    "#000001",
]


def test_the_tokens_are_the_stand_ins_that_the_browser_replaces():
    assert (CAT[0], CAT[7], SEQ[0], SEQ[9], DIV[0], DIV[9]) == ("#000001", "#000008", "#000011", "#000020", "#000021", "#000030")
    assert (NEG, POS, PAPER) == ("#000021", "#000030", "#000038")
    assert (RAMP[0][0], RAMP[-1]) == (0, [1, "#000016"])


def test_opacity_is_two_hex_digits_behind_the_stand_in():
    assert (a(ACCENT, 0), a(ACCENT, 0.16), a(ACCENT, 1)) == ("#00000100", "#00000129", "#000001ff")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_shown_letter_by_letter(name):
    shown = plain(name)
    assert not set("<>$%") & set(shown)
    assert "#0" not in shown
    assert html.unescape(shown) == name


def test_a_dress_keeps_what_the_figure_holds_and_dresses_every_axis():
    figure = make_subplots(1, 2, shared_yaxes=True, subplot_titles=("a", "b"))
    figure.update_layout(xaxis2={"range": [0, 3], "title": "gone"}, shapes=[{"type": "line", "x0": 0, "x1": 1, "y0": 0, "y1": 1}])
    held = figure.layout.to_plotly_json()
    layout = dress(figure, 300, right=5, xaxis={"tickvals": [1], "tickfont": {"color": NEG}}, yaxis_showgrid=False, bargap=0.1).layout
    assert layout.xaxis2.range == (0, 3) and layout.xaxis2.title.text is None and layout.xaxis2.tickfont.color == "#000010"
    assert layout.xaxis.tickfont.to_plotly_json() == {"size": 12, "color": NEG} and layout.xaxis.tickvals == (1,)
    assert (layout.yaxis.showgrid, layout.yaxis2.showgrid, layout.yaxis2.matches) == (False, True, "y")
    assert (layout.bargap, layout.margin.r, layout.height) == (0.1, 5, 300) and len(layout.shapes) == 1
    assert [one.text for one in layout.annotations] == ["a", "b"] and layout.xaxis2.domain == tuple(held["xaxis2"]["domain"])


def test_signs_that_are_not_seen_are_dropped():
    assert plain("a\u202eb\x00c\nd") == "abc d"


def test_a_dressed_figure_has_no_colour_of_its_own():
    figure = dress(go.Figure(go.Bar(x=["a"], y=[1])), 240, right=40, bargap=0.1)
    assert (figure.layout.height, figure.layout.margin.r, figure.layout.bargap) == (240, 40, 0.1)
    assert figure.layout.colorway[0] == ACCENT
    assert figure.layout.xaxis.fixedrange


def test_a_note_can_be_anchored_elsewhere():
    assert note(1, 2, "12")["xanchor"] == "center"
    assert note(1, 2, "12", xanchor="left")["xanchor"] == "left"
