"""Pictures for the reference, drawn by the verbs themselves from the example clinics."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

#: verb: (file, the line that draws it); the lines run in order, as on a page.
START = (
    "import analytics as oc",
    "cohort = oc.cohort(oc.validate(oc.example(patients=200)))",
    'findings = oc.compare(cohort, outcome="inflammatory_lesions")',
    'readings = oc.readings(cohort, outcome="texture_grade")',
    'fit = oc.fit_mmrm("change ~ arm * week + baseline * week", readings, subject="patient", visit="week")',
)
PICTURES: dict[str, tuple[tuple[str, str], ...]] = {
    "plot": (
        ("plot-findings", "oc.plot(findings)"),
        ("plot-cohort", 'oc.plot(cohort, outcome="texture_grade")'),
        ("plot-fit", "oc.plot(fit)"),
    ),
    "power": (("power", 'oc.plot(oc.power(cohort, outcome="texture_grade"))'),),
}


def wanted() -> dict[str, tuple[tuple[str, str], ...]]:
    """The pictures of the verbs that the front door has."""
    import analytics

    return {verb: drawn for verb, drawn in PICTURES.items() if verb in analytics.__all__}


def draw(folder: Path) -> None:
    """Every picture as SVG in ``folder``, with its alt text beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    scope: dict = {}
    for line in START:
        exec(line, scope)
    for stem, line in (one for drawn in wanted().values() for one in drawn):
        figure = eval(line, scope)
        figure.savefig(folder / f"{stem}.svg")
        (folder / f"{stem}.txt").write_text(" ".join(figure.alt.split()), encoding="utf-8")


def shown(verb: str, folder: Path, link: str) -> list[str]:
    """Markdown for the pictures of ``verb``: the line, then what it draws; ``link``: the folder as the page sees it."""
    return [
        text
        for stem, line in wanted().get(verb, ())
        for text in ("```python", line, "```", "", _picture(stem, folder, link), "")
    ]


def pages() -> dict[str, Callable[[Path, str], str]]:
    """What a page writes for each picture: ``plot_cohort`` for plot-cohort.svg."""
    stems = [stem for drawn in wanted().values() for stem, _ in drawn]
    return {stem.replace("-", "_"): partial(_picture, stem) for stem in stems}


def _picture(stem: str, folder: Path, link: str) -> str:
    alt = (folder / f"{stem}.txt").read_text(encoding="utf-8").replace("[", "(").replace("]", ")")
    return f"![{alt}]({link}/{stem}.svg)"
