"""The explorer in a real JupyterLab: by mouse, by keyboard without losing a cell, and what a saved notebook keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab_in_browser import THEMES, Lab, browser, idle, lab, opened, outside, run_all

pytestmark = [pytest.mark.long, pytest.mark.browser]
NAME = "explore.ipynb"
CELLS = [
    "import analytics as oc\ncohort = oc.cohort(oc.validate(oc.example(patients=60)))",
    "oc.explore(cohort)",
    "looked = len(oc.log())\nlooked",
]
ROOT = Path(__file__).resolve().parents[2]
VIEW_MS = 60_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with lab(tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture(scope="module")
def started() -> Any:
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def page(server: Lab, started: Any) -> Any:
    cells = [f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{CELLS[0]}", *CELLS[1:]]
    server.write(NAME, cells)
    made = opened(server, started, NAME)
    run_all(made)
    made.wait_for_selector(".outcomes-controls select", timeout=VIEW_MS)
    return made


def cells(page: Any) -> int:
    return page.locator(".jp-Notebook .jp-Cell").count()


def value(page: Any, name: str) -> str:
    return page.locator(f'.outcomes-controls select[name="{name}"]').input_value()


def wait_for_code(page: Any, *parts: str) -> None:
    """Until the view's line of code holds the parts."""
    for part in parts:
        page.locator(".jp-OutputArea-output pre code", has_text=part).wait_for(timeout=VIEW_MS)


def test_controls_and_view_are_two_outputs(page: Any) -> None:
    assert value(page, "outcome") == "texture_grade"
    wait_for_code(page, "oc.compare(cohort, outcome='texture_grade')")
    pictures = page.locator('.jp-OutputArea-output img[src^="data:image/svg+xml"]')
    assert pictures.count() == 2
    assert all(len(pictures.nth(at).get_attribute("alt")) > 40 for at in range(2))
    labels = page.locator(".outcomes-controls label").all_inner_texts()
    assert labels == ["Outcome", "Visit", "Subgroups by", "Clinic", "Method"]


def test_by_mouse(page: Any) -> None:
    before = cells(page)
    control = page.locator('.outcomes-controls select[name="outcome"]')
    control.click()
    control.select_option("inflammatory_lesions")
    wait_for_code(page, "outcome='inflammatory_lesions'")
    assert value(page, "outcome") == "inflammatory_lesions"
    assert cells(page) == before


def test_by_keyboard_no_key_reaches_the_notebook(page: Any) -> None:
    before = cells(page)
    page.keyboard.press("Escape")
    page.locator('.outcomes-controls select[name="outcome"]').focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "visit"
    was = value(page, "visit")
    page.keyboard.press("ArrowUp")
    assert value(page, "visit") != was
    wait_for_code(page, "visit=")
    for key in ("d", "d", "a", "b", "x", "c", "v", "z", "m", "ArrowDown", "ArrowUp"):  # what the notebook would obey
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.name") == "visit"
    assert cells(page) == before
    for name, key in (("subgroup", "ArrowDown"), ("clinic", "ArrowDown"), ("method", "ArrowDown")):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") == name
        page.keyboard.press(key)
        assert value(page, name) != ""
    wait_for_code(page, "by=", "clinics=", "method=")
    assert cells(page) == before


def test_every_view_entered_the_log(page: Any) -> None:
    page.locator(".jp-Notebook .jp-Cell").nth(2).locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+Enter")
    idle(page)
    assert int(page.locator(".jp-Notebook .jp-Cell").nth(2).locator(".jp-OutputArea-output").inner_text()) > 20


def test_a_saved_notebook_keeps_the_last_view(page: Any, server: Lab, started: Any) -> None:
    line = page.locator(".jp-OutputArea-output pre code").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    outputs = nbformat.read(server.folder / NAME, 4).cells[1].outputs
    kept = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert len(kept) == 1
    assert "by=" in kept[0]
    again = opened(server, started, NAME)
    again.locator(".jp-OutputArea-output pre code", has_text=line).wait_for(timeout=VIEW_MS)
    assert again.locator('.jp-OutputArea-output img[src^="data:image/svg+xml"]').count() >= 1
    again.close()


@pytest.mark.parametrize("theme", THEMES)
def test_it_is_readable_in_light_and_dark(page: Any, theme: str, tmp_path: Path) -> None:
    """Text and ground of controls and tables differ enough to read (contrast as WCAG counts it)."""
    page.evaluate(f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: {THEMES[theme]!r}}})")
    page.locator(f'body[data-jp-theme-name="{THEMES[theme]}"]').wait_for(state="attached")
    page.wait_for_timeout(1000)  # the style sheet of the theme
    for place in (".outcomes-controls select", ".outcomes-controls label", ".jp-OutputArea-output td"):
        assert page.evaluate(CONTRAST, place) > 4.5, (theme, place)
    page.screenshot(path=str(tmp_path / f"{theme}.png"))


def test_nothing_was_asked_of_the_network(server: Lab, page: Any) -> None:
    assert len(server.asked) > 20
    assert outside(server) == []


CONTRAST = """(place) => {
  const seen = document.querySelector(place);
  const numbers = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => [r, g, b].map((c) => linear(c / 255))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  let under = seen, ground = [255, 255, 255];
  while (under) {
    const found = numbers(getComputedStyle(under).backgroundColor);
    if (found.length === 3 || found[3] > 0.99) { ground = found; break; }
    under = under.parentElement;
  }
  const [a, b] = [light(numbers(getComputedStyle(seen).color)), light(ground)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""
