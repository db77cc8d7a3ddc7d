"""What axe-core finds that keeps somebody from using the page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
SETTLED = """async () => {
    const places = () =>
        JSON.stringify([...document.querySelectorAll(".app *")].map((one) => one.getBoundingClientRect()));
    await document.fonts.ready;
    for (let before = null, now = places(), tries = 0; before !== now && tries < 20; tries += 1) {
        await new Promise((resolve) => setTimeout(resolve, 150));
        [before, now] = [now, places()];
    }
}"""
"""axe-core notes where things are, and goes on later: a word that came meanwhile would seem to cover another."""


def violations(page: Page) -> list[str]:
    """A line for each element that breaks a rule of WCAG 2.2 AA, or of good practice."""
    page.evaluate(SETTLED)
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]}: {node['failureSummary'][:300]}"
        for rule in found
        for node in rule["nodes"]
    ]
