"""A small run and its executed notebook, made by hand: what the rooms behind the report are tested on."""

from __future__ import annotations

import math
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from analytics.domain.block import MIME, Answer, Answers, Block, Figure, Number, Paragraph, Runs, Table, Text, to_json
from analytics.domain.finding import ARM_MEAN_COLUMNS, DESCRIPTION_COLUMNS, FINDING_COLUMNS
from analytics.domain.plan import Plan
from analytics.domain.run import Run
from schemas.vocabulary import CodeList, Column, Outcome, Parameter, Responder, Threshold, Treatment, Vocabulary

VOCABULARY = Vocabulary.of(
    [
        Treatment("test", "Test cream", "Cream", "A.", (Parameter("dose", "Dose", "g", 0.5, 9.0),), (7, 28), ("red",)),
        Treatment("placebo", "Vehicle", "Vehicle", "The cream without its active part."),
    ],
    [
        Outcome(
            "grade", "Grade", "texture", "ordinal", "grade", "lower", 1, 5, step=1, levels={1.0: "clear", 5.0: "bad"},
            meaningful_difference={"odds_ratio": Threshold(1.5, "a source", "published")},
            responder=Responder("level_and_fall", 2.0, level=1.0), derived_from=("a", "b"), notes=("a note",),
        ),
        Outcome("spots", "Spots", "breakouts", "count", "spots", "lower", 0, None, baseline="none", averaged=False),
    ],
    [Column("patient_id", "Patient", "text", ("sessions", "patients"), required=True, role="key")],
    [CodeList("skin_type", {"dry": "Dry"}, {"dry": ("trocken", "sec")})],
)  # fmt: skip
PLAN = Plan(arms=("test", "placebo"), primary=({"outcome": "grade"},), covariates=(), title="Spring review")  # type: ignore[arg-type]
FACTS: dict[str, Any] = {
    "run_id": "7f3a2c91aa00bb11",
    "inputs": [{"name": "sessions.csv", "sha256": "0" * 64, "rows": 12}],
    "mapping_sha256": None,
    "plan_sha256": PLAN.sha256,
    "planned": True,
    "rows": {"received": 12, "accepted": 11, "quarantined": 1, "entries_quarantined": 0},
    "other_rows": {},
    "cutoff": "2026-09-30",
    "software": {"version": "0.1.0", "commit": None, "lock_sha256": "1" * 64, "python": "3.11"},
    "audience": "internal",
    "previous_receipt_sha256": None,
    "log": [],
    "notes": ["Column Kommentar is not used."],
}


def tables() -> dict[str, pd.DataFrame]:
    """Every awkward thing a table may hold: NaN, infinity, empty text, no text, no rows, whole floats, long ones."""
    finding = dict.fromkeys(FINDING_COLUMNS, math.nan) | {
        "analysis": "primary", "outcome": "grade", "visit": 12.0, "population": "all", "contrast": "test v placebo",
        "arm": "test", "reference": "placebo", "method": "ancova", "adjustment": "covariates", "measure": "difference",
        "n_arm": 79, "n_reference": 63, "estimate": -0.123456789, "std_error": 1e-9, "df": math.inf,
        "verdict": "not_shown", "status": "estimated", "notes": "",
    }  # fmt: skip
    failed = finding | {
        "method": "negative_binomial",
        "status": "did_not_converge",
        "estimate": math.nan,
        "notes": "=1+1",
    }
    means = ("grade", 12.0, "all", "test", "ancova", "covariates", 79, -1.0, 0.1, 70.5, -1.2, -0.8, "change")
    described = [
        ("grade", 0.0, "all", "test", "", s, v, 79, 81) for s, v in (("n", 79), ("mean", 3.25), ("sd", math.nan))
    ]
    described.append(("grade", 0.0, "all", "test", "5", "count", 4, 79, 81))
    return {
        "findings": pd.DataFrame([finding, failed], columns=list(FINDING_COLUMNS)),
        "arm_means": pd.DataFrame([means], columns=list(ARM_MEAN_COLUMNS)),
        "descriptions": pd.DataFrame(described, columns=list(DESCRIPTION_COLUMNS)),
        "flow": pd.DataFrame(
            {"step": ["received", "set aside"], "unit": "rows", "count": [12, 1], "reason": [None, "x"], "arm": ""}
        ),
        "safety": pd.DataFrame({"treatment": pd.Series([], dtype="str"), "patients": pd.Series([], dtype="int64")}),
    }


LISTINGS = {
    "quarantine": pd.DataFrame(
        {
            "table": ["sessions"] * 2, "file": ["sessions.csv"] * 2, "row": [3, 4], "column": ["Datum", "Grad"],
            "rule": ["date_readable", "grade_range"], "severity": ["error", "warning"],
            "value": ["=HYPERLINK(\"x\")", "-5"],
            "must": ["be a date", "be 1 to 5"], "fix": ["mend it", None],
        }
    ),
}  # fmt: skip


def run() -> Run:
    return Run(tables(), PLAN, VOCABULARY, FACTS, mapping_text="shape: wide\n", listings=LISTINGS)


def number(text: str, kind: str = "R") -> Number:
    return Number(text, kind, "ref", "")  # type: ignore[arg-type]


def runs(*parts: str | Number | Text) -> Runs:
    return tuple(Text(p) if isinstance(p, str) else p for p in parts)


FOREST = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 150" width="400" height="150">
<style>text{fill:red}</style><script>alert(1)</script><metadata>2026-11-01</metadata>
<defs><clipPath id="clip"><rect x="0" y="0" width="400" height="150"/></clipPath></defs>
<g clip-path="url(#clip)" onload="alert(1)" style="font: 11px 'DejaVu Sans', sans-serif; text-anchor: start">
<rect x="190" y="18" width="70" height="90" fill="#efece5"/>
<line x1="225" x2="225" y1="18" y2="108" stroke="#555"/><text x="6" y="46">Cream v vehicle</text>
<path id="p" d="M150 42 L215 42" stroke="#222" stroke-width="2"/><circle cx="182" cy="42" r="4" fill="#222"/>
<text x="290" y="46">\u22120.4 (\u22120.9 to \u22120.1)</text><text x="6" y="84">Roller v vehicle</text>
<path d="M200 80 L262 80" stroke="#222" stroke-width="2"/><rect x="227" y="76" width="8" height="8" fill="#222"/>
<text x="290" y="84">+0.1 (\u22120.3 to +0.5)</text>
<use xlink:href="#p" xmlns:xlink="http://www.w3.org/1999/xlink" y="90"/>
<text x="150" y="130" fill="#595959">\u2190 more improvement</text></g></svg>"""
TRAJECTORY = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 190" width="400" height="190">
<g font-size="11" font-family="sans-serif"><polyline fill="none" stroke="#0b6e99" stroke-width="2"
 points="40,40 140,70 240,95 330,110"/><polyline fill="none" stroke="#b4560f" stroke-width="2" stroke-dasharray="6 3"
 points="40,38 140,52 240,64 330,72"/><text x="336" y="114" fill="#0b6e99">Cream</text>
<text x="336" y="76" fill="#a04a08">Vehicle</text><text x="40" y="170" text-anchor="middle">start</text>
<text x="330" y="170" text-anchor="middle">week 12</text></g></svg>"""


def figure(name: str, svg: str, caption: str, alt: str) -> Figure:
    data = Table(
        runs("Numbers of the picture"),
        (runs(""), runs("Estimate"), runs("Likely between")),
        ((runs("Cream v vehicle"), runs(number("\u22120.4")), runs(number("\u22120.9"), " to ", number("\u22120.1"))),),
        ("l", "r", "r"),
        name=f"{name}-numbers",
    )
    return Figure(svg, runs(alt), runs(caption), data, name)


def page_one() -> list[Block]:
    better = Paragraph(runs("\u25b2 cream better"), role="tag", mood="better")
    unclear = Paragraph(runs("\u25e6 no difference shown"), role="tag", mood="none")
    cannot = Paragraph(runs("? cannot be compared"), role="tag", mood="unknown")
    lead = runs(
        number("142"), " patients had a first course of the cream (", number("79"), ") or the vehicle (", number("63"),
        "). Treatments were chosen at the consultation, not by lot, so these are differences after allowing for skin "
        "type, age and starting condition, not proof of cause.",
    )  # fmt: skip
    told = runs(
        "After ", number("12", "P"), " weeks the grade had improved by ", number("0.4"), " points more after the cream "
        "than after the vehicle (likely between ", number("0.1"), " and ", number("0.9"), " more). ",
        Text("There is an advantage; whether a patient would notice it is open.", "strong"),
    )  # fmt: skip
    small = runs(number("121"), " of ", number("142"), " patients seen at week ", number("12", "P"), ".")
    return [
        Paragraph(runs("Grade improved more after the cream than after the vehicle."), role="headline"),
        Paragraph(lead, role="lead"),
        Answers(
            (
                Answer(runs("Grade"), better, told, small),
                Answer(runs("Spots"), unclear, runs("Spots fell by about a third in both groups."), small),
                Answer(
                    runs("Product absorption"), cannot, runs("Uptake was measured in ", number("3"), " patients."), ()
                ),
            )
        ),
        Paragraph(runs("How far apart the treatments are"), role="heading", level=2),
        figure("forest", FOREST, "Dot: best estimate. Line: likely range.", "Cream 0.4 points better than vehicle."),
        Paragraph(runs("Over the course"), role="heading", level=2),
        figure("trajectory", TRAJECTORY, "Average grade by week.", "Both groups fall, the cream group further."),
        Paragraph(runs("How sure can you be?"), role="heading", level=2),
        Paragraph(
            items=(runs(Text("Not randomised. ", "strong"), "Drier skin got the cream."), runs("One in seven left."))
        ),
        Paragraph(runs("Before you act"), role="heading", level=2),
        Paragraph(items=(runs(number("1"), " of ", number("12"), " rows was set aside."),)),
        Paragraph(runs("Run ", number("7f3a2c91", "D"), " \u00b7 plan \u201cSpring review\u201d"), role="provenance"),
    ]


def crowded() -> NotebookNode:
    """Page one at its fullest: six outcomes, long remarks, nine points."""
    told = runs(
        "By week ", number("12", "P"), ", texture had improved by ", number("2.0"), " grade points more after dermal "
        "roller than after microdermabrasion (likely between ", number("0.6"), " and ", number("3.5"), " more). Even "
        "the low end is something a patient would notice (half a grade point or more).",
    )  # fmt: skip
    small = runs(
        "Peel: not told apart from either. Among patients with different treatments on their sides: too few to "
        "judge: four after dermal roller and three after microdermabrasion had a reading. ", number("58"), " of ",
        number("80"), " patients seen. Lesions also fall without active treatment (vehicle arms fell by a third).",
    )  # fmt: skip
    tag = Paragraph(runs("\u25e6 no difference shown"), role="tag", mood="none")
    point = runs(Text("Not everybody was seen. ", "strong"), "One in four was not, most often after chemical peel.")
    full = Answers(tuple(Answer(runs(f"Outcome {c}"), tag, told, small) for c in "ABCDEF"))
    blocks = [full if isinstance(b, Answers) else b for b in page_one()]
    blocks = [Paragraph(items=(point,) * 5) if isinstance(b, Paragraph) and b.items else b for b in blocks]
    return executed(("blocks", blocks), ("markdown", "## Evidence"), ("blocks", [wide_table()]))


def wide_table(columns: int = 9) -> Table:
    heads = (runs("Arm"), *(runs(f"A rather long header {chr(65 + i)}") for i in range(columns)))
    rows = tuple((runs(arm), *(runs(number(f"\u2212{i}.5")) for i in range(columns))) for arm in ("Cream", "Vehicle"))
    return Table(
        runs("A wide table"), heads, rows, ("l", *"r" * columns), note=runs("Every cell has a number."), name="wide"
    )


def executed(*cells: tuple[str, Any]) -> NotebookNode:
    """A notebook as it is after its run: ("markdown", text) or ("blocks", blocks)."""
    made = []
    for kind, content in cells:
        if kind == "markdown":
            made.append(nbformat.v4.new_markdown_cell(content))
        else:
            data = {MIME: to_json(content), "text/html": "<p>plain</p>", "text/plain": "plain"}
            output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
            made.append(nbformat.v4.new_code_cell("section(run, 'x')", outputs=[output], execution_count=1))
    for index, cell in enumerate(made):
        cell.id = f"cell-{index}"
    return nbformat.v4.new_notebook(cells=made)


def notebook() -> NotebookNode:
    nothing = Table(
        runs("Adverse events"), (runs("Event"), runs("Patients")), (), ("l", "r"), note=runs("None recorded.")
    )
    return executed(
        ("markdown", "# Effectiveness review\n\nWhat happened to the skin, and how sure one can be."),
        ("blocks", page_one()),
        (
            "markdown",
            "## Who is in the data\n\nEvery row is *counted* once, from what was received to what was analysed.",
        ),
        ("blocks", [wide_table()]),
        ("markdown", "#### Level skipped\n\n- a list\n- of prose"),
        ("blocks", [Paragraph(runs("Nothing to see here."), role="note"), nothing]),
        ("markdown", "## Each outcome"),
        (
            "blocks",
            [Paragraph(runs("Grade"), role="heading", level=3), figure("forest", FOREST, "Again.", "Again in words.")],
        ),
    )
