"""Make docs/page.png: the running page with the sample's transcript.

python -m tools.make_screenshot http://127.0.0.1:7860/
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 820})
        page.goto(sys.argv[1])
        page.get_by_label("Recordings").set_input_files(PROJECT / "examples" / "sample.flac")
        page.get_by_role("button", name="Transcribe", exact=True).click()
        page.get_by_role("link", name="Save as TXT").wait_for()
        (PROJECT / "docs").mkdir(exist_ok=True)
        page.screenshot(path=PROJECT / "docs" / "page.png")
        browser.close()


if __name__ == "__main__":
    main()
