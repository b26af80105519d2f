"""python -m bench.ui: what a person waits for in a real Chromium on this machine, and what many sessions at once do to it.

First: the question was never asked of this server before.  Cached: it was, and the page still does its whole run.
"""

import argparse
import math
import signal
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from bench.crowd import EVER, SECONDS, SESSIONS, Tally, run_crowd, visits
from bench.report import keep, machine, workspace_of
from bench.watch import SCRIPT, Shown, arm, shown
from journey.index import use_index
from journey.warehouse import open_warehouse
from tests.browser.conftest import FLAGS
from tests.browser.server import running
from tests.chromium import find

PLOT = ".js-plotly-plot"
PAGES = {"Overview": "", "Funnels": "funnels", "Paths": "paths", "Retention": "retention"}


@dataclass(frozen=True)
class Change:
    """One control of one page.  bases: addresses under which every option is asked anew.  pressed: it is a row of buttons."""

    name: str
    page: str
    chart: str
    control: str
    options: tuple[str, ...]
    bases: tuple[str, ...]
    popover: str = ""
    pressed: bool = False


STEPS = tuple(f"funnel_step_1=e{a}&funnel_step_2=e{b}&funnel_step_3=e{c}" for a, b, c in ((1, 3, 5), (2, 4, 9), (3, 6, 2), (4, 7, 11)))
ANCHORS = tuple(f"paths_start=e{a}" for a in (1, 3, 5))
FIRSTS = tuple(f"retention_first=e{a}" for a in (1, 2, 3, 4))
CHANGES = (
    Change("funnels: window", "funnels", ".st-key-funnel_0", "Window", ("Within an hour", "Within a day", "Within 30 days"), STEPS),
    Change(
        "funnels: breakdown",
        "funnels",
        ".st-key-funnel_multiples_0",
        "By",
        ("country", "device"),
        tuple(f"{base}&funnel_by=device&funnel_attribution=last_touch" for base in STEPS),
        popover="Break down",
    ),
    Change("paths: steps", "paths", ".st-key-paths_0", "", ("4 steps", "6 steps", "8 steps"), ANCHORS, pressed=True),
    Change("paths: start", "paths", ".st-key-paths_0", "From", ("e2", "e4", "e10", "e11", "e12", "e13"), ("paths_steps=5&paths_rows=8",)),
    Change("retention: mode", "retention", ".st-key-retention_heatmap_0", "Came back", ("Then or later", "In that very period"), FIRSTS),
    Change("retention: period", "retention", ".st-key-retention_heatmap_0", "Periods", ("Months", "Weeks"), FIRSTS),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ui", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--types", type=int, default=30)
    parser.add_argument("--sessions", type=int, default=SESSIONS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument(
        "--only", nargs="+", default=[""], help="words: only what has one in its name; page switches are 'switch', sessions 'crowd'"
    )
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folders are removed then, too
    told: dict[str, Any] = {"machine": machine(), "events": chosen.events}
    print(machine())
    with workspace_of(chosen.events, chosen.types) as (log, workspace, _), sync_playwright() as playwright:
        with open_warehouse(workspace) as con:
            use_index()
            planned = visits(con, log, chosen.sessions)  # the app will own the workspace
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        told["start"] = [_start(browser, workspace) for _ in range(3)]
        print("server start to first chart, s: " + ", ".join(f"{s:.1f}" for s in told["start"]), flush=True)
        with running(workspace) as address:
            asked = [change for change in CHANGES if _wanted(change.name, chosen.only)]
            told["changes"] = {change.name: _measured(browser, address, change) for change in asked}
            told["switch"] = _switches(browser, address) if _wanted("switch", chosen.only) else None
            browser.close()
            time.sleep(2)
            if _wanted("crowd", chosen.only):
                told["crowd"] = tell(_beside(lambda: run_crowd(address, planned, chosen.seconds)), chosen.sessions)
    keep("ui", told)


def _beside(work: Callable[[], Tally]) -> Tally:
    """In a thread of its own: Playwright keeps an event loop in this one, and the sessions bring theirs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def _wanted(name: str, only: Sequence[str]) -> bool:
    return any(word in name for word in only)


def opened(browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme="light").new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(SCRIPT)
    return page


def _start(browser: Browser, workspace: Path) -> float:
    """From the command to a chart of the first page, the import of everything and the opening of the workspace included."""
    began = time.monotonic()
    with running(workspace) as address:
        page = opened(browser)
        page.goto(f"{address}/funnels")
        page.wait_for_function("document.querySelector('.js-plotly-plot .main-svg path') !== null", polling="raf", timeout=120_000)
        took = time.monotonic() - began
        page.context.close()
    return took


def _measured(browser: Browser, address: str, change: Change) -> dict[str, Any]:
    """A control that is no longer where it was is told, and the others are measured all the same."""
    try:
        return _measure(browser, address, change)
    except PlaywrightError as fault:
        print(f"  {change.name:20} could not be driven: {fault.message.splitlines()[0]}", flush=True)
        return {}


def _measure(browser: Browser, address: str, change: Change) -> dict[str, Any]:
    """Every option under every base: once unasked, once more from the cache."""
    page = opened(browser)
    rounds: dict[str, list[Shown]] = {"first": [], "cached": []}
    for base in change.bases:
        page.goto(f"{address}/{change.page}?{EVER}&{base}")
        _quiet(page, change.chart)
        for kind in rounds:
            rounds[kind] += [_timed(page, change, option) for option in change.options]
    page.context.close()
    told = {
        kind: {"shown": spread([s.first_ms for s in found]), "settled": spread([s.settled_ms for s in found])}
        for kind, found in rounds.items()
    }
    for kind, found in told.items():
        print(f"  {change.name:20} {kind:7} first pixels {found['shown']}   settled {found['settled']}", flush=True)
    return told


def _timed(page: Page, change: Change, option: str) -> Shown:
    chart = f"{change.chart} {PLOT}"
    if change.pressed:
        button = page.get_by_role("radio", name=option, exact=True).or_(page.get_by_role("button", name=option, exact=True)).first
        return _press(page, chart, button.click)
    if change.popover:
        page.get_by_role("button", name=change.popover).first.click()
    box = page.get_by_role("combobox", name=change.control, exact=True).first
    box.click()
    box.fill(option)
    found = page.get_by_role("option", name=option, exact=True).first
    found.wait_for()
    took = _press(page, chart, found.click)
    if change.popover:
        page.keyboard.press("Escape")
    return took


def _press(page: Page, chart: str, press: Callable[[], None]) -> Shown:
    arm(page, chart)
    press()
    found = shown(page)
    _quiet(page, chart.removesuffix(PLOT).strip())
    return found


def _quiet(page: Page, chart: str) -> None:
    """The chart is there, the run has ended, and nothing is left over that would count for the next change."""
    page.locator(f"{chart} {PLOT} .main-svg").first.wait_for(state="attached")
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached")
    page.wait_for_timeout(500)


def _switches(browser: Browser, address: str, rounds: int = 4) -> dict[str, Any]:
    """From the click in the menu to the first chart of the page, which has been visited before."""
    page = opened(browser)
    page.goto(address)
    _quiet(page, "")
    found: dict[str, list[Shown]] = {name: [] for name in PAGES}
    for turn in range(rounds + 1):
        for name in ("Funnels", "Paths", "Retention", "Overview"):
            link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True)
            took = _press(page, PLOT, link.click)
            found[name] += [took] if turn else []
    page.context.close()
    told = {
        name: {"shown": spread([s.first_ms for s in took]), "settled": spread([s.settled_ms for s in took])} for name, took in found.items()
    }
    for name, one in told.items():
        print(f"  switch to {name:10} first pixels {one['shown']}   settled {one['settled']}", flush=True)
    return told


def spread(found: Sequence[float | None]) -> dict[str, Any]:
    """p50 and p95 by nearest rank, in ms; n; how often the chart stayed as it was."""
    times = sorted(ms for ms in found if ms is not None)
    rank = {q: round(times[math.ceil(q / 100 * len(times)) - 1]) if times else None for q in (50, 95)}
    return {"p50": rank[50], "p95": rank[95], "n": len(times), "unchanged": len(found) - len(times)}


def tell(tally: Tally, sessions: int) -> dict[str, Any]:
    told = {
        "sessions": sessions,
        "changes": len(tally.took),
        "errors": len(tally.errors),
        "wrong": len(tally.wrong),
        "chart": spread([1000 * s for s in tally.took]),
        "run": spread([1000 * s for s in tally.ended]),
    }
    print(f"  {sessions} sessions at once: {told}")
    for line in (*tally.errors[:5], *tally.wrong[:5]):
        print(f"    {line}")
    return told


if __name__ == "__main__":
    main()
