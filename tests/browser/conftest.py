"""A real Chromium on the running product.  Skipped with a reason where no Chromium is installed, but never in CI."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.server import ROOT, running
from tests.chromium import find

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1440, "height": 1000}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    if path is None and not os.environ.get("CI"):
        pytest.skip("no Chromium: apt-get install chromium, or set JOURNEY_CHROMIUM to its path")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app on a small simulated shop."""
    workspace = tmp_path_factory.mktemp("shop") / "workspace"
    command = [sys.executable, "-m", "journey", "--workspace", str(workspace), "demo", "--customers", "1500"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with running(workspace) as address:
        yield address


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """The address of the app on an empty workspace."""
    with running(tmp_path / "workspace") as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that remembers every address it asked for, in `page.asked`; none may leave this machine."""
    context = browser.new_context(viewport=WIDE, color_scheme="light", accept_downloads=True)
    one = context.new_page()
    one.set_default_timeout(30_000)
    asked: list[str] = []
    one.on("request", lambda request: asked.append(request.url))
    one.on("websocket", lambda socket: asked.append(socket.url.replace("ws://", "http://")))
    yield one
    context.close()
    outside = [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert not outside, "requests left the machine"
