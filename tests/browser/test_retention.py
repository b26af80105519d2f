"""A click on a heatmap cell, and the same choice by its two selects, list the same customers."""

import re

from playwright.sync_api import Page, expect


def listed(page: Page) -> str:
    heading = page.get_by_role("heading", name=re.compile(r"(who joined .*|of [\d,]+) came back in"))
    expect(heading).to_be_visible(timeout=30_000)
    return heading.inner_text()


def test_a_cell_is_clicked_and_its_customers_are_listed(page: Page, shop: str) -> None:
    page.goto(f"{shop}/retention")
    plot = page.locator('[class*="st-key-retention_heatmap_"] .js-plotly-plot[data-listening] .nsewdrag').first
    plot.wait_for()
    plot.click(position={"x": 20, "y": 60})  # the first cohort, below the row of the means
    title = listed(page)
    address = page.evaluate("location.href")
    assert "retention_cohort=" in address and "retention_place=" in address
    page.goto(address)  # the address alone shows the same list
    assert listed(page) == title


def test_a_mean_is_clicked_and_the_customers_of_all_cohorts_are_listed(page: Page, shop: str) -> None:
    page.goto(f"{shop}/retention")
    plot = page.locator('[class*="st-key-retention_heatmap_"] .js-plotly-plot[data-listening] .nsewdrag').first
    plot.wait_for()
    plot.click(position={"x": 20, "y": 18})
    assert "who joined" not in listed(page)
    assert "retention_cohort=All" in page.evaluate("location.href")


def test_a_cell_of_value_is_clicked_and_who_brought_it_is_listed(page: Page, shop: str) -> None:
    page.goto(f"{shop}/retention")
    plot = page.locator('[class*="st-key-value_heatmap_"] .js-plotly-plot[data-listening] .nsewdrag').first
    plot.scroll_into_view_if_needed()
    plot.wait_for()
    plot.click(position={"x": 20, "y": 60})
    expect(page.get_by_role("heading", name=re.compile(r"brought value by .* 0"))).to_be_visible(timeout=30_000)
