"""Many sessions at once, each changing something every two seconds: errors, wrong numbers, and how long the chart took.

Each session speaks the protocol that the browser speaks (protobuf over a websocket), so that the server does all that it
does for a browser; 25 browsers drawing on the same two cores would measure themselves.  What is timed ends where the
figure has arrived: drawing, which each person's own machine does, is in the other tables.  The numbers in the figure are
compared with the library's, which answered the same questions of the same workspace before.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.logs import Log
from journey.ask import ask
from journey.warehouse import Warehouse

SESSIONS, SECONDS, EVERY_S = 25, 60, 2.0
PATIENCE_S = 60
EVER = "period=All+time"  # the pages' own first choice is shorter; the library is asked of everything
WINDOWS = {"Within an hour": "1h", "Within a day": "1d", "Within 7 days": "7d", "Within 30 days": "30d"}
MODES = {"In that very period": "on", "Then or later": "on_or_after"}


@dataclass(frozen=True)
class Visit:
    """What one session does: a page, a control by its label, and per option what the chart must agree with."""

    page: str
    query: str
    control: str
    chart: str
    agrees: Callable[[Mapping[str, Any], Any], bool]
    expected: Mapping[str, Any]


@dataclass
class Tally:
    """took: s from a change to its chart; ended: s to the end of the run."""

    took: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def visits(con: Warehouse, log: Log, sessions: int = SESSIONS) -> list[Visit]:
    """Funnels, paths and retention in turn, of events that differ from session to session."""
    return [(_funnel, _paths, _retention)[number % 3](con, log, number) for number in range(sessions)]


def _funnel(con: Warehouse, log: Log, number: int) -> Visit:
    steps = [f"e{code}" for code in (1 + number % 5, 6 + number % 4, 10 + number % 3)]
    asked = {name: ask(con, {"ask": "funnel", "steps": steps, "window": window, "times": False}) for name, window in WINDOWS.items()}
    expected = {name: [round(step["share_of_first"], 9) for step in answer["steps"]] for name, answer in asked.items()}
    query = f"{EVER}&" + "&".join(f"funnel_step_{at}={step}" for at, step in enumerate(steps, 1))
    return Visit("funnels", query, "Window", "funnel_0", _same_shares, expected)


def _paths(con: Warehouse, log: Log, number: int) -> Visit:
    starts = [f"e{(number + at) % 8}" for at in range(4)]
    asked = {start: ask(con, {"ask": "paths", "start": start}) for start in starts}
    expected = {start: sorted(link["count"] for link in answer["links"]) for start, answer in asked.items()}
    return Visit("paths", f"{EVER}&paths_steps=5", "From", "paths_0", _same_flows, expected)


def _retention(con: Warehouse, log: Log, number: int) -> Visit:
    target = f"e{number % 6}"
    question = {"ask": "retention", "target": target, "period": "week", "periods": 12}
    expected = {name: _cells(ask(con, question | {"mode": mode})) for name, mode in MODES.items()}
    query = f"{EVER}&retention_first={target}&retention_period=week"
    return Visit("retention", query, "Came back", "retention_heatmap_0", _same_cells, expected)


def _cells(answer: Mapping[str, Any]) -> set[float]:
    return {round(n / row["size"], 9) for row in answer["cohorts"] if row["size"] for n in row["returned"]}


def _same_shares(figure: Mapping[str, Any], shares: list[float]) -> bool:
    return [round(y, 9) for y in figure["data"][0]["y"]] == shares


def _same_flows(figure: Mapping[str, Any], counts: list[int]) -> bool:
    """The picture draws what the usual way carries apart from the rest of a link: two bands, one count."""
    link = figure["data"][0]["link"]
    drawn: Counter[tuple[int, int]] = Counter()
    for source, target, value in zip(link["source"], link["target"], link["value"], strict=True):
        drawn[source, target] += value
    return sorted(drawn.values()) == counts


def _same_cells(figure: Mapping[str, Any], cells: set[float]) -> bool:
    """The heatmap shows the cells that are complete: each must be one of the answer's."""
    told = {round(share, 9) for row in figure["data"][0]["z"] for share in row if share is not None}
    return bool(told) and told <= cells


def run_crowd(address: str, planned: list[Visit], seconds: float = SECONDS) -> Tally:
    tally = Tally()

    async def all_of_them() -> None:
        await asyncio.gather(*(_session(address, visit, number, seconds, tally) for number, visit in enumerate(planned)))

    asyncio.run(all_of_them())
    return tally


async def _session(address: str, visit: Visit, number: int, seconds: float, tally: Tally) -> None:
    draw = random.Random(number)
    await asyncio.sleep(EVERY_S * number / SESSIONS)
    try:
        url = address.replace("http", "ws") + "/_stcore/stream"
        async with websockets.connect(url, subprotocols=["streamlit"], origin=address, max_size=None) as socket:  # type: ignore[arg-type, list-item]
            talk = Talk(socket, visit, tally)
            await talk.open()
            end, chosen = time.monotonic() + seconds, ""
            while (began := time.monotonic()) < end:
                chosen = draw.choice([option for option in visit.expected if option != chosen])
                await talk.choose(chosen)
                await asyncio.sleep(max(0.0, EVERY_S - (time.monotonic() - began)))
    except (OSError, TimeoutError, websockets.WebSocketException, KeyError) as fault:
        tally.errors.append(f"{visit.page}: {type(fault).__name__} {fault}")


class Talk:
    """One session's side of the protocol."""

    def __init__(self, socket: Any, visit: Visit, tally: Tally) -> None:
        self.socket, self.visit, self.tally = socket, visit, tally
        self.page = self.control = ""
        self.figure: Mapping[str, Any] | None = None
        self.arrived = 0.0

    async def open(self) -> None:
        message = BackMsg()
        message.rerun_script.page_name = self.visit.page
        message.rerun_script.query_string = self.visit.query
        await self._run(message)

    async def choose(self, option: str) -> None:
        """Choose an option, await its chart, compare its numbers."""
        message = BackMsg()
        message.rerun_script.page_script_hash = self.page
        message.rerun_script.query_string = self.visit.query
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.string_value = self.control, option
        began, self.arrived = time.perf_counter(), 0.0
        await self._run(message)
        self.tally.ended.append(time.perf_counter() - began)
        self.tally.took.append((self.arrived or time.perf_counter()) - began)
        if self.figure is None or not self.visit.agrees(self.figure, self.visit.expected[option]):
            data = None if self.figure is None else self.figure["data"][0]
            self.tally.wrong.append(f"{self.visit.page} {self.visit.query} {option}: {str(data)[:300]}")

    async def _run(self, message: BackMsg) -> None:
        await self.socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE_S):
            while True:
                told = ForwardMsg()
                told.ParseFromString(await self.socket.recv())
                kind = told.WhichOneof("type")
                if kind == "navigation":
                    self.page = told.navigation.page_script_hash
                elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
                    self._see(told.delta.new_element)
                elif kind == "script_finished":
                    return

    def _see(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "selectbox" and element.selectbox.label == self.visit.control:
            self.control = element.selectbox.id
        elif kind == "plotly_chart" and element.plotly_chart.id.endswith(self.visit.chart):
            self.figure, self.arrived = json.loads(element.plotly_chart.spec), time.perf_counter()
        elif kind == "exception" or (kind == "alert" and element.alert.format == element.alert.ERROR):
            self.tally.errors.append(f"{self.visit.page}: {str(element)[:300]}")
