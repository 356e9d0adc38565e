"""The view of a choice: what was found in words, two pictures, the table, and the line of code that makes it again."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from analytics.deliver import prompt
from analytics.deliver.views import plot_value, sentence_value, table_value
from analytics.deliver.working import quiet
from analytics.domain.cohort import Cohort
from analytics.domain.errors import OutcomesError
from analytics.domain.finding import Findings
from analytics.explorer.choices import ANY, Choice

NOTHING = "Nothing can be drawn here"
WHOLE = "<p><small>The averages are those of all patients, not of the subgroups.</small></p>"


@dataclass(frozen=True, eq=False)
class View:
    """An ordinary output: ``html`` without style or script, ``text`` for a terminal, ``code`` in one line."""

    text: str
    html: str
    code: str

    def bundle(self) -> dict[str, str]:
        """What a notebook keeps of it."""
        return {"text/html": self.html, "text/plain": self.text}


def code(cohort: Cohort, choice: Choice) -> str:
    """The line that gives the findings of the choice, where ``cohort`` is the cohort explored."""
    whom = "cohort" if choice.clinic == ANY else f"oc.cohort(cohort.sifted, cohort.plan, clinics={choice.clinic!r})"
    return f"oc.compare({whom}, {', '.join(f'{name}={value!r}' for name, value in _asked(cohort, choice).items())})"


def _asked(cohort: Cohort, choice: Choice) -> dict[str, Any]:
    """The arguments of ``compare``, those that are as usual left out."""
    week = float(choice.visit)
    asked: dict[str, Any] = {"outcome": choice.outcome}
    if week != cohort.plan.visits.last:
        asked["visit"] = int(week) if week.is_integer() else week
    if choice.subgroup != ANY:
        asked["by"] = choice.subgroup
    if choice.method != ANY:
        asked["method"] = choice.method
    return asked


def findings_of(cohort: Cohort, choice: Choice) -> tuple[Cohort, Findings]:
    """The cohort looked at (one clinic's, where one is chosen) and its findings; the look enters the log."""
    if choice.clinic != ANY:
        cohort = prompt.cohort(cohort.sifted, cohort.plan, choice.clinic)
    return cohort, prompt.compare(cohort, **_asked(cohort, choice))


def view(cohort: Cohort, choice: Choice) -> View:
    """The view of a choice; where it cannot be answered, the reason in its place."""
    with quiet():
        return _view(cohort, choice)


def _view(cohort: Cohort, choice: Choice) -> View:
    line = code(cohort, choice)
    try:
        seen, findings = findings_of(cohort, choice)
    except OutcomesError as error:
        return _page(line, [f"<p>{html.escape(str(error))}</p>"], str(error))
    told = sentence_value(findings)
    table = table_value(findings).as_html()
    parts = [
        "".join(f"<p>{html.escape(sentence)}</p>" for sentence in told.splitlines()),
        _picture(findings),
        _picture(seen, outcome=choice.outcome),
        *([WHOLE] if choice.subgroup else []),
        table,
    ]  # fmt: skip
    return _page(line, parts, told)


def _page(line: str, parts: list[str], told: str) -> View:
    foot = f"<p>The same in code:</p><pre><code>{html.escape(line)}</code></pre>"
    return View(f"{told}\n\n{line}", "".join([*parts, foot]), line)


def _picture(value: Any, **asked: Any) -> str:
    try:
        return f"<p>{plot_value(value, **asked)._repr_mimebundle_()['text/html']}</p>"
    except OutcomesError as error:
        return f"<p><small>{NOTHING}: {html.escape(error.message)}</small></p>"
