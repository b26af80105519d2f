"""Real clicks on marks that Streamlit does not report: they arrive, also after the figure or the theme has changed."""

from playwright.sync_api import Locator, Page, expect

expect.set_options(timeout=30_000)  # a busy machine draws late, and that is no fault
PEOPLE = "[class*=st-key-people_]"


def opened(page: Page, shop: str, query: str = "") -> None:
    page.goto(f"{shop}/paths{query}")
    expect(page.locator("[data-listening] .sankey-node rect").first).to_be_visible()


def titled(page: Page) -> Locator:
    return page.locator(PEOPLE).get_by_role("heading").first


def click_node(page: Page, index: int) -> None:
    page.locator(".sankey-node rect").nth(index).click()


def click_link(page: Page, index: int) -> None:
    """In the middle of the ribbon, where the pointer of a person would be."""
    link = page.locator(".sankey-link").nth(index)
    link.element_handle().wait_for_element_state("stable")
    middle = link.evaluate("path => { const p = path.getPointAtLength(0), b = path.getBBox(); return [p.x, b.y, b.width, b.height] }")
    assert middle[2] > 0
    box = link.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def listed(page: Page) -> str:
    return page.locator(PEOPLE).locator("[data-testid=stCaptionContainer]").first.inner_text()


def test_a_node_answers_with_its_customers(page: Page, shop: str) -> None:
    opened(page, shop)
    click_node(page, 0)
    expect(titled(page)).to_contain_text("Step 1:")
    assert "customer" in listed(page)
    assert "paths_mark=" in page.url


def test_a_link_answers_with_its_customers(page: Page, shop: str) -> None:
    opened(page, shop)
    click_link(page, 0)
    expect(titled(page)).to_contain_text("→")


def test_clicks_arrive_after_the_figure_has_changed(page: Page, shop: str) -> None:
    opened(page, shop)
    page.get_by_text("4 steps", exact=True).click()
    expect(page.get_by_text("Step 5", exact=True)).to_have_count(0)
    click_node(page, 1)
    expect(titled(page)).to_contain_text("Step 2:")


def test_clicks_arrive_after_the_theme_has_turned(page: Page, shop: str) -> None:
    opened(page, shop)
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".st-key-paths_1 [data-listening] .sankey-node rect").first).to_be_visible()
    click_node(page, 0)
    expect(titled(page)).to_contain_text("Step 1:")


def test_the_keyboard_reaches_the_same_customers(page: Page, shop: str) -> None:
    opened(page, shop)
    click_node(page, 0)
    expect(titled(page)).to_be_visible()
    clicked, name = listed(page), titled(page).inner_text()
    opened(page, shop)
    box = page.locator(".st-key-paths_mark input")
    box.focus()
    box.press_sequentially(name)
    box.press("Enter")
    expect(titled(page)).to_have_text(name)
    assert listed(page) == clicked
