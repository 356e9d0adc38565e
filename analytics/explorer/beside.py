"""The Explorer: controls and view kept together; a moved control makes the view anew in its own place."""

from __future__ import annotations

from typing import Any

from analytics.domain.cohort import Cohort
from analytics.explorer import choices
from analytics.explorer.controls import Controls
from analytics.explorer.view import View, findings_of, view


class Explorer:
    """Shows its controls and, as a second output, the view; ``view``, ``choice`` and ``findings`` are what is shown."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.choice = choices.first(cohort)
        self.view: View = view(cohort, self.choice)
        self.controls = Controls(options=self._options(), chosen=self.choice.told(), said=_said(self.choice))
        self.controls.observe(self._moved, names="chosen")
        self._places: list[Any] = []

    @property
    def findings(self) -> Any:
        """The Findings of the view."""
        return findings_of(self.cohort, self.choice)[1]

    def choose(self, **asked: object) -> None:
        """Move controls by name, as a hand would: outcome, visit, subgroup, clinic, method. Raises UsageError."""
        choices.check(self.cohort, self.choice, asked)
        self.controls.chosen = {**self.controls.chosen, **{name: str(value) for name, value in asked.items()}}

    def _options(self) -> dict[str, list[list[str]]]:
        found = choices.options(self.cohort, self.choice)
        return {name: [list(one) for one in listed] for name, listed in found.items()}

    def _moved(self, change: Any) -> None:
        """Make the view of what the controls say, and put them right where they said something impossible."""
        now = choices.chosen(self.cohort, self.choice, change["new"])
        if now != self.choice:
            self.controls.busy = True
            try:
                made = view(self.cohort, now)
                self.choice, self.view = now, made
                for place in self._places:
                    place.update(self.view.bundle(), raw=True)
            finally:  # an interrupted view leaves controls that work
                self.controls.busy = False
            self.controls.options = self._options()
            self.controls.said = _said(now)
        if now.told() != dict(self.controls.chosen):
            self.controls.chosen = now.told()

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.controls)
        self._places = [display(self.view.bundle(), raw=True, display_id=True)]

    def __repr__(self) -> str:
        return f"Explorer: controls and view show in JupyterLab.\n\n{self.view.text}"


def _said(choice: choices.Choice) -> str:
    return f"Shown: {', '.join(value for value in choice.told().values() if value)}"
