"""Every page in a real browser: no failure, no request that leaves the machine, accessible in light and dark and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_main_job import settled

PAGES = {
    "": "Overview",
    "journey_map": "Journey map",
    "journeys": "Journeys",
    "funnels": "Funnels",
    "paths": "Paths",
    "retention": "Retention",
    "segments": "Segments",
    "at_risk": "At risk",
    "customer": "Customer",
    "actions": "Actions",
    "experiments": "Experiments",
    "roi": "ROI",
    "data": "Data",
    "models": "Models",
}
# Caused by Streamlit's own markup: grouped navigation, and sparklines without a text.
KNOWN = {"list", "listitem", "svg-img-alt"}
PHONE = {"width": 390, "height": 844}
# What a page holds scrolls within its main part: the document alone never grows wider than the window.
WIDEST = "Math.max(...[document.documentElement, document.querySelector('[data-testid=stMain]')].map(part => part.scrollWidth))"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_barrier_of_its_own_and_fits_a_phone(page: Page, shop: str, path: str) -> None:
    page.goto(f"{shop}/{path}")
    settled(page, PAGES[path])
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    assert lasting_barriers(page, PAGES[path]) == {}, "light"
    ground = page.get_by_test_id("stApp")
    light = ground.evaluate("ground => getComputedStyle(ground).backgroundColor")
    page.emulate_media(color_scheme="dark")
    expect(ground).not_to_have_css("background-color", light, timeout=30_000)
    settled(page, PAGES[path])
    assert lasting_barriers(page, PAGES[path]) == {}, "dark"
    page.set_viewport_size(PHONE)
    settled(page, PAGES[path])
    page.wait_for_function(f"{WIDEST} <= {PHONE['width']}")  # figures are drawn anew a moment later


def lasting_barriers(page: Page, name: str) -> dict[str, str]:
    """While a page draws anew, Streamlit pales what is about to go: a barrier of our own is there to stay."""
    found = barriers(page)
    if found:
        page.wait_for_timeout(3_000)
        settled(page, name)
        found = barriers(page)
    return found


def barriers(page: Page) -> dict[str, str]:
    """What stands in the way, by axe's name for it, with the markup of its first place."""
    found = {violation["id"]: violation["nodes"] for violation in Axe().run(page).response["violations"]}
    return {name: nodes[0]["html"][:300] for name, nodes in found.items() if name not in KNOWN}


def test_the_first_page_opens_on_a_phone(browser: Browser, shop: str) -> None:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto(shop)
        settled(page, PAGES[""])
        assert page.evaluate(WIDEST) <= PHONE["width"]


def test_the_theme_turns_with_the_charts(page: Page, shop: str) -> None:
    page.goto(f"{shop}/funnels")
    settled(page, "Funnels")
    bar = page.locator(".js-plotly-plot .bars .point path").first
    light = bar.evaluate("bar => getComputedStyle(bar).fill")
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".js-plotly-plot .bars .point path").first).not_to_have_css("fill", light, timeout=30_000)


def test_the_answers_carry_security_headers(page: Page, shop: str) -> None:
    response = page.goto(f"{shop}/")
    assert "default-src 'self'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
