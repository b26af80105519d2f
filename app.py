"""What `streamlit run app.py` starts: the pages behind security headers, with a health check and a warm start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from journey.serve import SecurityHeaders, drain, keep_for_good, warm
from journey.serve.daily import PATH, Daily
from journey.serve.kernels import warm_kernels
from journey.serve.outbox import Outbox

# pandas too: Streamlit imports it in one thread while Plotly looks for it, half made, in another.
WARM = ("pandas", "polars", "pyarrow", "plotly.graph_objects", "journey.ask", "pages.parts.frame", "pages.parts.people")

DAILY, OUTBOX = Daily(), Outbox()


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Open the workspace and import what pages need before the first visitor comes; let queries end before the last goes."""
    from pages.parts import data_job
    from pages.parts.workspace import warehouse

    warm(WARM, warehouse)
    warm_kernels(warehouse)
    keep_for_good()
    DAILY.open(warehouse, int(st.get_option("server.port")), st.get_option("server.address"))
    OUTBOX.open(warehouse)
    yield
    OUTBOX.close()
    DAILY.close()
    data_job.stop()
    drain(warehouse)


async def health(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok"})


app = st.App(
    Path(__file__).parent / "pages" / "_shell.py",
    lifespan=lifespan,
    routes=[Route("/healthz", health), Route(PATH, DAILY.answer, methods=["POST"])],
    middleware=[Middleware(SecurityHeaders)],
)
