"""A customer after another, by hand in a real browser: accept, go on, reject with a reason, and find both in the queue."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_main_job import READY_MS, settled, visit


def reached(page: Page, before: str) -> str:
    """The name of another customer than before, once the card is there."""
    head = page.get_by_role("heading", level=1)
    expect(head).not_to_have_text(before, timeout=READY_MS)
    expect(page.get_by_role("button", name=re.compile("Next customer"))).to_be_visible(timeout=READY_MS)
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_visible(timeout=READY_MS)
    return head.inner_text()


def test_two_customers_are_worked_and_both_decisions_are_kept(page: Page, shop: str) -> None:
    page.goto(f"{shop}/at_risk")
    settled(page, "At risk")
    name = page.locator(".st-key-acting_as input")
    name.fill("Ann")
    name.press("Enter")
    page.get_by_role("button", name=re.compile(r"Propose for these \d+")).click()
    expect(page.get_by_text(re.compile(r"\d+ proposed; "))).to_be_visible(timeout=READY_MS)

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Customer", exact=True).click()
    page.locator(".st-key-customer input").fill("c-00001")
    page.locator(".st-key-customer input").press("Enter")
    first = reached(page, "Customer")
    page.keyboard.press("Alt+n")
    second = reached(page, first)
    expect(page.get_by_text("waits for a decision, proposed by")).to_be_visible()
    page.get_by_role("button", name=re.compile("^.*Accept")).click()
    expect(page.get_by_text(re.compile("is approved by Ann"))).to_be_visible(timeout=READY_MS)

    page.get_by_role("button", name=re.compile("Next customer")).click()
    reached(page, second)
    page.get_by_role("button", name="Reject").click()
    page.get_by_text("Wrong for this customer").click()
    page.get_by_role("button", name="Reject it").click()
    expect(page.get_by_text(re.compile("rejected by Ann: Wrong for this customer"))).to_be_visible(timeout=READY_MS)

    visit(page, "Actions")
    expect(page.get_by_role("heading", name="1 proposal approved and not handed over yet")).to_be_visible(timeout=READY_MS)
