"""A stopwatch inside the page: from the press of a button or key to the first frame that shows another chart.

`arm(page, chart)` remembers how the chart looks.  From then on every animation frame compares; the clock starts with
the time stamp of the next press of pointer or key, as the browser took it, and stops one frame after the first in which
the chart's marks differ, since that frame is on the screen by then.  Settled is the last change before a quiet time.
Nothing of it goes through Playwright's own round trips.  Resolution: a frame, 17 ms on an idle machine.
"""

from dataclasses import dataclass

from playwright.sync_api import Page

QUIET_MS = 600
LONGEST_MS = 30_000

SCRIPT = """
window.journeyWatch = (selector, quiet, longest) => {
  const look = () => {
    const plot = document.querySelector(selector);
    if (!plot || !plot.querySelector('.main-svg')) return '';
    const marks = plot.querySelectorAll('.main-svg path, .main-svg text, .main-svg image, .main-svg rect.node-rect');
    return Array.from(marks, (mark) =>
      (mark.getAttribute('d') || '') + (mark.getAttribute('height') || '') + (mark.getAttribute('transform') || '') +
      (mark.getAttribute('href') || '').slice(-80) + (mark.tagName === 'text' ? mark.textContent : '')).join('|');
  };
  const before = look();
  const state = { pressed: null, first: null, settled: null };
  const press = (event) => { if (state.pressed === null) state.pressed = event.timeStamp; };
  const kinds = ['pointerdown', 'keydown'];
  kinds.forEach((kind) => document.addEventListener(kind, press, true));
  let last = before;
  return window.journeyTimed = new Promise((resolve) => {
    const armed = performance.now();
    const frame = () => {
      const now = performance.now(), seen = look();
      if (state.pressed !== null && seen !== '' && seen !== last) {
        last = seen;
        if (state.first === null) requestAnimationFrame(() => { state.first = performance.now(); });
        requestAnimationFrame(() => { state.settled = performance.now(); });
      }
      const quietNow = state.settled !== null && now - state.settled > quiet;
      if (quietNow || now - armed > longest) {
        kinds.forEach((kind) => document.removeEventListener(kind, press, true));
        resolve(state);
      } else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
};
"""


@dataclass(frozen=True)
class Shown:
    """ms from the press.  None where the chart stayed as it was."""

    first_ms: float | None
    settled_ms: float | None


def arm(page: Page, chart: str) -> None:
    """Call just before the press that is to be timed.  chart: a selector of the plot."""
    page.evaluate("([chart, quiet, longest]) => { window.journeyWatch(chart, quiet, longest); }", [chart, QUIET_MS, LONGEST_MS])


def shown(page: Page) -> Shown:
    """What the armed stopwatch found."""
    state = page.evaluate("() => window.journeyTimed")
    if state["pressed"] is None or state["first"] is None:
        return Shown(None, None)
    return Shown(state["first"] - state["pressed"], state["settled"] - state["pressed"])
