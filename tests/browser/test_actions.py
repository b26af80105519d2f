"""The marketer's way, by hand in a real browser: add an action, try its rule on the past, launch it to approval."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_main_job import READY_MS, settled


def go_on(page: Page) -> None:
    settled(page, "Actions")


def view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name, exact=True)).first.click()
    go_on(page)


def typed(page: Page, box: Locator, text: str) -> None:
    box.fill(text)
    box.press("Tab")
    go_on(page)


def test_an_action_is_added_tried_on_the_past_and_launched_to_approval(page: Page, shop: str) -> None:
    page.goto(f"{shop}/actions?actions_view=Catalog")
    go_on(page)
    typed(page, page.get_by_role("textbox", name="You are"), "Ann")
    page.get_by_role("button", name="New action").click()
    go_on(page)
    editor = page.locator(".st-key-action_editor")
    typed(page, editor.get_by_role("textbox", name="Name"), "Size advice")
    editor.get_by_text("Assume an effect").click()
    go_on(page)
    expect(editor.get_by_text(re.compile("names no source"))).to_be_visible(timeout=READY_MS)
    typed(page, editor.get_by_role("textbox", name="Who says so, or where it was read"), "a guess")
    editor.get_by_role("button", name="Add it").click()
    expect(page.get_by_text(re.compile("^10 actions in the catalog"))).to_be_visible(timeout=READY_MS)

    view(page, "Rules")
    page.get_by_role("button", name="New rule").click()
    go_on(page)
    editor = page.locator(".st-key-rule_editor")
    typed(page, editor.get_by_role("textbox", name="Name"), "Likes to look")
    editor.get_by_role("combobox", name="Proposes").click()
    page.get_by_role("option", name="Size advice").click()
    go_on(page)
    editor.get_by_role("button", name="Add a condition").click()
    page.locator(".st-key-segment_add_" + rule_prefix() + "did button").click()
    go_on(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Try it on the last 28 days").click()
    expect(page.get_by_text(re.compile(r"customers would have come due in the last 28 days"))).to_be_visible(timeout=READY_MS)
    editor.get_by_role("button", name="Add it").click()
    expect(page.get_by_text(re.compile("^10 rules that propose"))).to_be_visible(timeout=READY_MS)

    page.get_by_role("button", name="See what it would propose").click()
    told = page.get_by_text(re.compile(r"of \d+ customers who are due would be proposed Size advice"))
    expect(told).to_be_visible(timeout=READY_MS)
    page.get_by_role("button", name=re.compile("^Propose to ")).click()
    expect(page.get_by_text(re.compile(r"^\d[\d,]* proposals booked by Ann"))).to_be_visible(timeout=READY_MS)
    page.get_by_role("button", name="Go and approve").click()
    expect(page.get_by_text(re.compile("Size advice")).first).to_be_attached(timeout=READY_MS)
    expect(page.get_by_role("heading", level=2).first).to_contain_text("approval")
    expect(page.get_by_test_id("stException")).to_have_count(0)


def rule_prefix() -> str:
    from zlib import crc32

    return f"{crc32(b'rule +')}_"
