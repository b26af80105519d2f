"""From a mark to a saved segment of an odd name, and with it in scope from page to page."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_main_job import READY_MS, settled, visit

ODD = 'Left, "early" *and* 🐈 [x](http://evil.example)'


def test_customers_behind_a_mark_are_saved_and_stay_in_scope_from_page_to_page(page: Page, shop: str) -> None:
    page.goto(f"{shop}/funnels")
    settled(page, "Funnels")
    page.get_by_role("button", name="Save as segment").first.click()
    name = page.get_by_role("textbox", name="Name")
    name.fill(ODD)
    name.press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("^Saved: Left, ")).first).to_be_visible(timeout=READY_MS)
    page.goto(f"{shop}/funnels")
    settled(page, "Funnels")
    box = page.locator(".st-key-segment").get_by_role("combobox")
    box.click()
    page.get_by_role("option", name=ODD).click()
    for title in ("Segments", "Paths", "Retention", "Journey map", "Overview"):
        visit(page, title)
        expect(page.locator(".st-key-segment").get_by_role("combobox")).to_have_value(ODD, timeout=READY_MS)
        expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(page.locator("a[href*='evil.example']")).to_have_count(0)
