"""The controls as a widget: plain selects with labels, which keep their keys to themselves inside a notebook."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).parent


class Controls(anywidget.AnyWidget):
    """``options``: control -> list of [value, text]; ``chosen``: control -> value; ``busy`` while a view is made."""

    _esm = (HERE / "controls.js").read_text(encoding="utf-8")
    _css = (HERE / "controls.css").read_text(encoding="utf-8")
    options = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __repr__(self) -> str:
        """The same in every kernel, so that a notebook saved again has not changed."""
        return "Controls of the explorer: they show in JupyterLab."
