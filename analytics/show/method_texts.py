"""What the methods appendix says of every method, family procedure and package, and of what may go otherwise.

Longer, with formulas and error rates: docs/methods. A new method (analytics/methods) is one entry in METHOD_TEXTS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class MethodText(NamedTuple):
    """``what``: the method in two sentences; ``errors``: standard errors and df; ``start``: how the reading at the
    start enters; ``missing``: what becomes of readings that are not there; ``sources``: keys of LITERATURE."""

    what: str
    errors: str
    start: str
    missing: str
    sources: tuple[str, ...]


class Procedure(NamedTuple):
    """How all pairs of an outcome are looked at together; ``sources``: keys of LITERATURE."""

    what: str
    sources: tuple[str, ...] = ()


class Departure(NamedTuple):
    """Something that went otherwise than usual: ``marks`` are parts of a row's notes, or its whole status.

    ``status``: of which rows only; empty for all.
    """

    told: str
    marks: tuple[str, ...]
    status: str = ""


SANDWICH = ("bell_mccaffrey", "pustejovsky_tipton")
MANCL = (
    "By Mancl and DeRouen with the patient as cluster; degrees of freedom by Bell and McCaffrey for every "
    "comparison. Standardised figures by the delta method on that covariance, the covariates taken as fixed."
)
LEFT_OUT = "Patients without a reading at the visit, or without a start where the model needs it, are left out."
METHOD_TEXTS: Mapping[str, MethodText] = {
    "mmrm": MethodText(
        "All readings of a patient at the planned visits stand in a single model, fitted by restricted maximum "
        "likelihood, with treatment by visit, so that every visit has a difference of its own. Visits of a patient go "
        "together as they like (unstructured covariance); counts enter as log(count + 0.5) and positive measures as "
        "logs, and are told as ratios of typical values.",
        "Sandwich (CR2) with the patient as cluster, which allows for groups of unequal size and spread; "
        "degrees of freedom by Bell and McCaffrey for every comparison.",
        "It is a covariate, by visit; the response is the change since then.",
        "A visit that was missed is not filled in: the likelihood uses every reading that is there, which is right "
        "where staying away depends on what was seen before (missing at random), and not where it depends on what "
        "was never seen.",
        ("mallinckrodt", *SANDWICH),
    ),
    "ancova": MethodText(
        "Least squares at a single visit: the change since the start (the value where there is no start) on treatment "
        "and covariates. Positive measures enter as logs and are told as ratios of typical values.",
        "Sandwich (CR2; with a single reading per patient HC2) with the patient as cluster, without supposing "
        "equal spread; degrees of freedom by Bell and McCaffrey for every comparison.",
        "It is a covariate.",
        LEFT_OUT,
        ("mackinnon_white", "imbens_kolesar", *SANDWICH),
    ),
    "paired_difference": MethodText(
        "Patients with different treatments on their sides are compared within themselves: the difference between "
        "the sides' changes is regressed on the pair of treatments, without an intercept. With a single kind of pair "
        "this is the paired t test; age, skin type and all else that both sides share cancel.",
        "HC2 (CR2 by patient where a patient gives several differences); degrees of freedom by Bell and "
        "McCaffrey for every comparison.",
        "It enters through the change of each side and is no covariate.",
        "A patient of whom only a single side was read is left out.",
        ("bell_mccaffrey", "imbens_kolesar"),
    ),
    "negative_binomial": MethodText(
        "Counts at a single visit by a log-linear model whose variance grows faster than the mean; the extra spread "
        "is estimated by moments. Told as a ratio of counts, and beside it as the difference in counts averaged over "
        "all patients.",
        MANCL,
        "Its log, log(start + 0.5), is a covariate.",
        LEFT_OUT + " That is right only where staying away has nothing to do with the readings.",
        ("breslow", "mancl_derouen", "bell_mccaffrey"),
    ),
    "fractional_logit": MethodText(
        "Percents and bounded scores at a single visit by a logistic model of the mean share of the range, exact ends "
        "included. Told as the difference between averages over all patients, in points of the outcome.",
        MANCL,
        "It is a covariate where there is any.",
        LEFT_OUT,
        ("papke_wooldridge", "mancl_derouen", "bell_mccaffrey"),
    ),
    "cumulative_logit": MethodText(
        "Ordered grades at a single visit by the proportional odds model, told as the common odds ratio of a higher "
        "grade. Beside it the chance of doing better: how often a patient of the first treatment would do better than "
        "a patient of the second, ties shared, from the grades averaged over all patients.",
        "Sandwich with the patient as cluster; the odds ratio by the normal distribution, the chance of doing "
        "better by Student's t with Satterthwaite's degrees of freedom. At least 10 patients per treatment.",
        "The grade at the start is a covariate, as a number.",
        LEFT_OUT,
        ("mccullagh", "brant", "brunner_munzel"),
    ),
    "standardised_risk": MethodText(
        "Yes or no at a single visit by a logistic model. Told as the difference and the ratio of risks, each the "
        "average over all patients of what the model expects under a treatment (g-computation).",
        MANCL + " Without covariates, a group without an event, or with events only, takes its error from an event and "
        "a non-event more; with covariates it is not compared.",
        "It is a covariate where there is any.",
        LEFT_OUT,
        ("mancl_derouen", "bell_mccaffrey", "agresti_caffo"),
    ),
}
P_ONLY = " It gives p-values only; verdicts rest on Bonferroni intervals."
PROCEDURES: Mapping[str, Procedure] = {
    "max_t": Procedure(
        "single-step maximum t over all pairs: p-values and simultaneous intervals from the joint distribution of the "
        "estimates, with the smallest degrees of freedom of the pairs", ("hothorn",),
    ),
    "tukey": Procedure("Tukey and Kramer, with the smallest degrees of freedom of the pairs", ("kramer",)),
    "dunnett": Procedure("Dunnett, every treatment against the reference", ("dunnett",)),
    "sidak": Procedure("Šidák", ("sidak",)),
    "bonferroni": Procedure("Bonferroni"),
    "holm": Procedure("Holm." + P_ONLY, ("holm",)),
    "hochberg": Procedure("Hochberg." + P_ONLY, ("hochberg",)),
    "hommel": Procedure("Hommel." + P_ONLY, ("hommel",)),
    "shaffer": Procedure("Shaffer." + P_ONLY, ("shaffer",)),
    "fixed_sequence": Procedure("a fixed sequence of pairs." + P_ONLY, ("westfall_krishen",)),
    "bh": Procedure("the false discovery rate by Benjamini and Hochberg." + P_ONLY, ("benjamini_hochberg",)),
    "by": Procedure("the false discovery rate by Benjamini and Yekutieli." + P_ONLY, ("benjamini_yekutieli",)),
    "none": Procedure("none: every pair was looked at by itself"),
}  # fmt: skip
FAILED = "not_estimable"
DEPARTURES: tuple[Departure, ...] = (
    Departure("The calculation did not settle on an answer", ("did_not_converge",)),
    Departure("A covariance between visits simpler than unstructured", ("used instead of",)),
    Departure("Not shown: too few patients", ("suppressed",)),
    Departure("No comparison: too few patients in a group", ("are needed)", "too few patients"), FAILED),
    Departure("No comparison: everybody in some group alike, so no size can be given",
              ("separates", "not estimable: no event", "not estimable: only"), FAILED),
    Departure("No comparison: no patients link the treatments", ("no patients link",), FAILED),
    Departure("A group with too few patients left out of the model", ("are needed)",), "estimated"),
    Departure("Few degrees of freedom", ("degrees of freedom",)),
    Departure("Rare levels of a covariate taken together with their neighbours", ("taken together",)),
    Departure("A covariate left out: the same for everybody", ("is the same for every", "it is the same for every")),
    Departure("Grades that nobody has merged with their neighbours", ("merged with their neighbours",)),
    Departure("Proportional odds could not be looked at", ("proportional odds could not",)),
    Departure("Proportional odds look doubtful: rely on the chance of doing better", ("proportional odds look",)),
    Departure("Counts spread no wider than by chance alone: Poisson variance", ("Poisson variance",)),
    Departure("An event and a non-event added for the error of a group without", ("Agresti-Caffo",)),
    Departure("A treatment was always on the same side", ("arm and side cannot be told apart",)),
    Departure("The answer hangs on how the starting condition is allowed for: no difference is claimed",
              ("depends on the baseline model",)),
    Departure("Fragile: another adjusted estimate points elsewhere", ("fragile",)),
    Departure("A warning of the calculation, word for word in findings.csv", ("warning:",)),
)  # fmt: skip
PURPOSES: Mapping[str, str] = {
    "numpy": "linear algebra of every model",
    "scipy": "distributions and optimisers",
    "pandas": "tables",
    "formulaic": "formulas of the repeated measures model",
    "pandera": "checks of the data",
    "narwhals": "rules of the data",
    "pyarrow": "files of the sealed run",
    "matplotlib": "figures",
}
