"""The main job, by hand in a real browser: load a file, read its funnel, click its paths, see the customers."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

READY_MS = 60_000


def write_log(path: Path) -> None:
    """Forty customers view; thirty go to the cart, ten of them buy; ten come back the next week."""
    rows = ["uid,event_name,time,device,order_value"]
    for i in range(40):
        device = "mobile" if i % 2 else "desktop"
        rows.append(f"user{i:02d},view <b>product</b> http://evil.example,2026-03-02T09:{i:02d}:00Z,{device},")
        if i < 30:
            rows.append(f"user{i:02d},add to cart,2026-03-02T10:{i:02d}:00Z,{device},")
        if i < 10:
            rows.append(f"user{i:02d},buy,2026-03-02T11:{i:02d}:00Z,{device},{i + 0.5}")
            rows.append(f"user{i:02d},view <b>product</b> http://evil.example,2026-03-09T09:{i:02d}:00Z,{device},")
    rows.append("user99,view <b>product</b> http://evil.example,never,mobile,")
    path.write_text("\n".join(rows) + "\n")


def visit(page: Page, name: str) -> None:
    """By the menu, as a person goes; the page is there when its name heads it and the run has ended."""
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    settled(page, name)


def settled(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, exact=True, level=1)).to_be_visible(timeout=READY_MS)
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_visible(timeout=READY_MS)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=READY_MS)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def click_middle(page: Page, mark: Locator) -> None:
    """A real click in the middle of a drawn shape, which its bounding box may miss."""
    mark.scroll_into_view_if_needed()
    mark.element_handle().wait_for_element_state("stable")
    x, y = mark.evaluate("""path => {
        const p = path.getPointAtLength(0), q = path.getPointAtLength(path.getTotalLength() / 2);
        const m = path.getScreenCTM(), half = new DOMPoint((p.x + q.x) / 2, (p.y + q.y) / 2).matrixTransform(m);
        return [half.x, half.y];
    }""")
    page.mouse.click(x, y)


def test_a_file_is_loaded_and_answers_in_the_browser(page: Page, empty: str, tmp_path: Path) -> None:
    log = tmp_path / "my log.csv"
    write_log(log)
    page.goto(f"{empty}/data")
    page.locator("input[type=file]").first.set_input_files(log)
    page.get_by_role("button", name="Load 1 file").click()
    expect(page.get_by_text(re.compile(r"90 events of 40 customers"))).to_be_visible(timeout=READY_MS)
    expect(page.get_by_text(re.compile("91.*received", re.S)).first).to_be_visible()

    visit(page, "Funnels")
    expect(page.get_by_role("heading", level=2).first).to_contain_text(re.compile(r"\d+%"))
    expect(page.locator(".st-key-main, [data-testid=stMain]").first).to_contain_text("view <b>product</b>")
    expect(page.locator("a[href*='evil.example']")).to_have_count(0)

    visit(page, "Paths")
    expect(page.locator("[data-listening] .sankey-link").first).to_be_attached(timeout=READY_MS)
    click_middle(page, page.locator("[data-listening] .sankey-link").first)
    behind = page.get_by_text(re.compile(r"^\d+ customers?\. Select"))
    expect(behind.first).to_be_visible(timeout=READY_MS)

    visit(page, "Retention")
    expect(page.get_by_role("heading", level=2).first).to_be_visible()


def test_the_address_carries_the_view(page: Page, shop: str) -> None:
    page.goto(f"{shop}/funnels?period=Last+30+days")
    settled(page, "Funnels")
    sentence = page.get_by_role("heading", level=2).first.inner_text()
    page.get_by_role("combobox", name="Period").click()
    page.get_by_role("option", name="All time").click()
    expect(page).to_have_url(re.compile(r"period=All(\+|%20)time"))
    settled(page, "Funnels")
    page.goto(f"{shop}/funnels?period=Last+30+days")
    settled(page, "Funnels")
    expect(page.get_by_role("heading", level=2).first).to_have_text(sentence)


def test_a_node_and_a_cell_open_their_customers(page: Page, shop: str) -> None:
    page.goto(f"{shop}/paths")
    settled(page, "Paths")
    expect(page.locator("[data-listening] .sankey-node").first).to_be_attached(timeout=READY_MS)
    page.locator(".sankey-node .node-rect").first.click()
    expect(page.get_by_text(re.compile(r"^[\d,]+ customers?(;.*)?\. Select")).first).to_be_visible(timeout=READY_MS)

    page.goto(f"{shop}/retention")
    settled(page, "Retention")
    cells = page.locator('[class*="st-key-retention_heatmap_"] .js-plotly-plot[data-listening] .nsewdrag').first
    cells.click(position={"x": 20, "y": 60})  # a click that waits until the figure lies still
    expect(page.get_by_text(re.compile(r"^([\d,]+ customers?(;.*)?\. Select|Nobody: )")).first).to_be_visible(timeout=READY_MS)


def test_a_question_can_be_looked_behind(page: Page, shop: str) -> None:
    page.goto(f"{shop}/funnels")
    settled(page, "Funnels")
    page.get_by_text("How was this counted?").first.click()
    expect(page.get_by_text("The query, as it ran")).to_be_visible(timeout=READY_MS)
    page.get_by_role("button", name="Run it now").first.click()
    expect(page.get_by_text(re.compile(r"^[\d,]+ rows?(; the first 200 are shown)?\.$"))).to_be_visible(timeout=READY_MS)
