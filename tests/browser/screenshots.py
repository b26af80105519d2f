"""python -m tests.browser.screenshots: every page of the simulated shop, light, dark and at phone width, into screenshots/."""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS
from tests.browser.server import ROOT, running
from tests.browser.test_every_page import PAGES
from tests.browser.test_main_job import settled
from tests.chromium import find

OUT = ROOT / "screenshots"
WAYS = {"light": (1440, "light"), "dark": (1440, "dark"), "phone": (390, "light")}
DRAWN_MS = 2_500  # Plotly's fades end, sparklines are drawn


def shoot(browser: Browser, address: str, way: str) -> None:
    width, scheme = WAYS[way]
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme)
    page = context.new_page()
    page.set_default_timeout(90_000)
    for path, name in PAGES.items():
        page.set_viewport_size({"width": width, "height": 1000})
        page.goto(f"{address}/{path}")
        settled(page, name)
        page.wait_for_timeout(DRAWN_MS)
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": max(600, height)})
        page.wait_for_timeout(DRAWN_MS)
        page.screenshot(path=OUT / f"{path or 'overview'}-{way}.png")
    context.close()


def main() -> None:
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = Path(folder) / "workspace"
        subprocess.run([sys.executable, "-m", "journey", "--workspace", str(workspace), "demo"], cwd=ROOT, check=True)
        subprocess.run([sys.executable, "-m", "journey", "--workspace", str(workspace), "train"], cwd=ROOT, check=True)
        with running(workspace) as address:
            browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
            for way in WAYS:
                shoot(browser, address, way)
            browser.close()


if __name__ == "__main__":
    main()
