"""Which mark of a figure was clicked, where st.plotly_chart does not say: Sankey nodes and links, heatmap cells.

Plotly fires `plotly_click` for all of them, but Streamlit forwards selections only, and these traces have none.  A
component without any markup listens on the chart's own element and sends indices back, never labels: what the data
says stays on the server, and Python looks the mark up in the result it drew.
"""

from typing import Any

import streamlit as st

# React replaces the plot's element when a figure's layout changes, and Plotly forgets listeners when it draws anew in the
# same one.  So the listener is set again after every change of the page: no click may fall between.
# A Sankey link has both ends, a node knows its links, everything else is a point of an x and y trace.
LISTEN = """
export default function ({ data, setTriggerValue }) {
  const number = (mark) => mark.pointNumber ?? mark.index;
  const describe = (point) => {
    if (point.source && point.target)
      return { kind: 'link', index: number(point), source: number(point.source), target: number(point.target) };
    if ('sourceLinks' in point) return { kind: 'node', index: number(point) };
    return { kind: 'point', curve: point.curveNumber, index: number(point), x: point.x, y: point.y };
  };
  const report = (event) => setTriggerValue('clicked', describe(event.points[0]));
  let plot = null;
  const leave = () => { if (plot && plot.removeListener) plot.removeListener('plotly_click', report); };
  const follow = () => {
    leave();
    plot = document.querySelector('.st-key-' + CSS.escape(data.chart) + ' .js-plotly-plot');
    if (plot && plot.on) {
      plot.on('plotly_click', report);
      plot.dataset.listening = 'true';
    }
  };
  const changes = new MutationObserver(follow);
  changes.observe(document.body, { childList: true, subtree: true });
  follow();
  return () => { changes.disconnect(); leave(); };
}
"""

# The theme is known by the page's background: the menu and the system's own switch both end there.
WATCH = """
export default function ({ setTriggerValue }) {
  const background = () => {
    const app = document.querySelector('[data-testid=stApp]');
    return app ? getComputedStyle(app).backgroundColor : '';
  };
  let last = background();
  const timer = setInterval(() => {
    const now = background();
    if (now && now !== last) {
      if (last) setTriggerValue('turned', now);
      last = now;
    }
  }, 300);
  return () => clearInterval(timer);
}
"""

_listener = st.components.v2.component("journey_clicks", js=LISTEN)
_watcher = st.components.v2.component("journey_theme", js=WATCH)


def clicks(chart_key: str) -> dict[str, Any] | None:
    """The mark clicked in the chart of this key since the last run, or None.

    {"kind": "node", "index"} | {"kind": "link", "index", "source", "target"} | {"kind": "point", "curve", "index", "x", "y"};
    all but x and y are positions in the trace that was drawn.  They come from a browser: check them before use.
    """
    # A trigger is only sent back to Python when it has a callback, even one that does nothing.
    mount = _listener(data={"chart": chart_key}, key=f"{chart_key}_clicks", on_clicked_change=lambda: None, height=1)
    clicked = mount.clicked
    return dict(clicked) if clicked else None


def watch_theme() -> None:
    """Redraw the charts when the theme turns: st.plotly_chart keeps the old colours otherwise.  Mount once per page, last."""
    _watcher(key="theme_watch", on_turned_change=_count_turn, height=1)


def chart_key(name: str) -> str:
    """The key for a chart of this name, a new one after every turn of the theme, so that its element is made anew."""
    return f"{name}_{st.session_state.get('theme_turn', 0)}"


def _count_turn() -> None:
    st.session_state.theme_turn = st.session_state.get("theme_turn", 0) + 1
