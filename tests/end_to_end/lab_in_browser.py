"""A real JupyterLab on loopback with a home of its own, and a real browser to drive it."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_SECONDS, IDLE_MS = 90, 120_000
QUIET = {"fetchNews": "false", "checkForUpdates": False}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


@dataclass
class Lab:
    """A running server. ``asked``: every address a page of it has asked for."""

    folder: Path
    home: Path
    port: int
    token: str
    asked: list[str] = field(default_factory=list)

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/lab/tree/{name}?token={self.token}&reset"

    def write(self, name: str, cells: list[str]) -> Path:
        """A notebook of code cells in the server's folder."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.folder / name
        nbformat.write(notebook, path)
        return path

    def settings(self, plugin: str, name: str, values: dict[str, Any]) -> None:
        path = self.home / "config/lab/user-settings/@jupyterlab" / plugin / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


@contextmanager
def lab(folder: Path, home: Path) -> Iterator[Lab]:
    """JupyterLab on ``folder``; it knows nothing of the person's own home."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Lab(folder, home, port, secrets.token_hex(8))
    made.settings("apputils-extension", "notification", QUIET)
    names = {"HOME": "", "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
             "IPYTHONDIR": "ipython", "MPLCONFIGDIR": "matplotlib"}  # fmt: skip
    environment = {
        **os.environ,
        **{name: str(home / part) for name, part in names.items()},
        "OPENBLAS_NUM_THREADS": "1",
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--ip=127.0.0.1", f"--port={port}", "--no-browser", "--allow-root",
        f"--IdentityProvider.token={made.token}", f"--ServerApp.root_dir={folder}", "--ServerApp.port_retries=0",
        "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            _wait(made, server)
            yield made
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(made: Lab, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, (made.home / "server.log").read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{made.port}/api?token={made.token}", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError("JupyterLab did not start")


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's chromium; the test is skipped with the reason where it is not there."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed (/usr/bin/chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield started
        finally:
            started.close()


def opened(made: Lab, started: Any, name: str, *, height: int = 1100) -> Any:
    """A page with the notebook open and its kernel idle; every address it asks for is written down."""
    page = started.new_page(viewport={"width": 1280, "height": height})
    page.on("request", lambda request: made.asked.append(request.url))
    page.goto(made.address(name))
    idle(page)
    return page


def idle(page: Any) -> None:
    """Wait until the kernel has nothing to do."""
    page.wait_for_selector("text=/Python 3.*\\| Idle/", timeout=IDLE_MS)


def run_all(page: Any) -> None:
    """Menu Run > Run All Cells; the kernel has finished when this returns."""
    page.click("text=Run >> nth=0")
    page.click('li[data-command="runmenu:run-all"]')
    page.wait_for_timeout(500)
    idle(page)


def outside(made: Lab) -> list[str]:
    """Addresses asked for that are not this server's own."""
    own = (f"http://127.0.0.1:{made.port}/", f"ws://127.0.0.1:{made.port}/", "data:", "blob:", "about:")
    return [url for url in made.asked if not url.startswith(own)]
