"""The report as people open it: from the disk, without a network, on a desk and on a telephone, by day and by night."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MILLIMETRE = 96 / 25.4  # CSS pixels
PAGE_WIDTH, PAGE_HEIGHT = (210 - 2 * 13) * MILLIMETRE, (297 - 2 * 11) * MILLIMETRE  # A4 less the margins of report.css
LOOKS = [(width, scheme) for width in (1280, 768, 390) for scheme in ("light", "dark")]
SMALLEST = {1280: 10.0, 768: 10.0, 390: 9.0}  # CSS pixels of the smallest letters in a picture


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed (/usr/bin/chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, file: Path, *, width: int = 1280, scheme: str = "light") -> Iterator[tuple[Any, list[str]]]:
    """The page in a window without a network, and everything the browser complained of or asked for."""
    heard: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_load_state("networkidle")
    yield page, heard
    context.close()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_it_asks_for_nothing_and_fits_the_window(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    with opened(browser, page_file, width=width, scheme=scheme) as (page, heard):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert heard == [page_file.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        out = page.evaluate(
            """width => [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll')
            && !e.parentElement.closest('svg')
            && e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 120))""",
            width,
        )
        assert out == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_no_serious_fault_of_accessibility(browser: Any, page_file: Path, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with opened(browser, page_file, width=width, scheme=scheme) as (page, _):
        page.evaluate("[...document.querySelectorAll('details')].slice(0, 8).forEach(d => d.open = true)")
        found = Axe().run(page).response
        assert len(found["passes"]) > 10, "axe has not looked"
        faults = [v for v in found["violations"] if v["impact"] in ("serious", "critical", "moderate")]
        assert [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in faults] == []


@pytest.mark.parametrize("width", [1280, 390])
def test_letters_are_large_enough(browser: Any, page_file: Path, width: int) -> None:
    with opened(browser, page_file, width=width) as (page, _):
        drawn = page.evaluate(
            """() => [...document.querySelectorAll('figure svg text')].filter(t => t.textContent.trim()).map(t => {
                const m = t.getScreenCTM();
                return parseFloat(getComputedStyle(t).fontSize) * Math.sqrt(Math.abs(m.a * m.d - m.b * m.c))})"""
        )
        assert bool(drawn) == bool(page.locator("figure svg").count())
        assert min(drawn, default=99.0) >= SMALLEST[width] * 0.99
        told = page.evaluate(
            """() => [...document.querySelectorAll('p, li, td, th, figcaption')]
                .map(e => parseFloat(getComputedStyle(e).fontSize))"""
        )
        assert min(told) >= 12.5


def test_answers_are_told_apart_without_colour(browser: Any, report_by_hand: Path) -> None:
    with opened(browser, report_by_hand / "report.html") as (page, _):
        tags = page.evaluate(
            "() => [...document.querySelectorAll('.tag')].map(t => [t.textContent, getComputedStyle(t).borderTopStyle])"
        )
        assert len({text for text, _ in tags}) == len(tags) == 3
        assert len({line for _, line in tags}) == 3


def test_keys_alone_get_to_the_contents(browser: Any, page_file: Path) -> None:
    with opened(browser, page_file) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the contents"
        assert page.evaluate("document.activeElement.getBoundingClientRect().width") > 100, "seen once it has the focus"
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#contents"


def test_a_table_is_saved_without_a_network(browser: Any, page_file: Path) -> None:
    with opened(browser, page_file) as (page, heard):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        before = len(heard)
        link = page.locator(".evidence a.save").first
        with page.expect_download() as waiting:
            link.click()
        saved = Path(waiting.value.path()).read_bytes()
        assert waiting.value.suggested_filename == link.get_attribute("download")
        assert saved.startswith(b"\xef\xbb\xbf")
        assert saved.decode("utf-8-sig").count("\n") > 1
        assert [h for h in heard[before:] if not h.startswith("data:text/csv")] == []


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize(
    ("which", "scheme"),
    [("report_by_hand", "dark"), ("crowded_report", "light"), ("example_report", "light"), ("example_report", "dark")],
)
def test_page_one_is_one_printed_page(browser: Any, request: Any, which: str, scheme: str) -> None:
    with opened(browser, request.getfixturevalue(which) / "report.html", scheme=scheme) as (page, _):
        assert pages(page.pdf(prefer_css_page_size=True)) > 1
        page.emulate_media(media="print", color_scheme=scheme)
        page.set_viewport_size({"width": round(PAGE_WIDTH), "height": round(PAGE_HEIGHT)})
        height = page.evaluate("document.querySelector('.page-one').getBoundingClientRect().height")
        assert 0.3 * PAGE_HEIGHT < height <= PAGE_HEIGHT
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 29, 27)", "dark ink, also by night"
        page.evaluate("document.querySelectorAll('.contents, .evidence').forEach(e => e.remove())")
        assert pages(page.pdf(prefer_css_page_size=True)) == 1


def test_nothing_is_cut_off_on_paper(browser: Any, page_file: Path) -> None:
    with opened(browser, page_file) as (page, _):
        page.emulate_media(media="print")
        page.set_viewport_size({"width": round(PAGE_WIDTH), "height": round(PAGE_HEIGHT)})
        out = page.evaluate(
            """width => [...document.querySelectorAll('main *')].filter(e => !e.parentElement.closest('svg')
            && e.getBoundingClientRect().right > width + 2).map(e => e.outerHTML.slice(0, 120))""",
            PAGE_WIDTH,
        )
        assert out == []
