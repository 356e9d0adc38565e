"""The worlds that can be simulated: what is true in each, so that a report can be held against the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analytics.domain.errors import UsageError

ARMS = ("microdermabrasion", "chemical_peel", "dermal_roller")
WEEKS = (4.0, 8.0, 12.0)
# Share of the week-12 change that is there in each visit window: constant inside a window, so that the truth at a visit
# does not hang on the day the patient came.
GROWTH = {4.0: 0.4, 8.0: 0.75, 12.0: 1.0}
# In vehicle arms of acne trials lesions fell about 30 % by week 12 (domain reference, section 4): the natural course.
NATURAL_LESION_LOG = -0.3567
NATURAL_TEXTURE = 0.2
NOTHING: Mapping[str, float] = dict.fromkeys(ARMS, 0.0)


@dataclass(frozen=True)
class Scenario:
    """One world. Effects are beyond the natural course and full by week 12; 0 for every arm means no treatment works.

    ``texture``: fall in grade points. ``lesions``: shift of the log count. ``uptake``: shift of the log odds of the
    share absorbed 24 hours after a session. ``roughness``: shift of log Ra. ``elasticity``: rise of R2. ``barrier``:
    shift of log TEWL one day after a session. ``confounding`` multiplies how strongly skin type and severity steer the
    recommendation, ``prognosis`` how strongly the same things steer the natural course. Shares are of patients;
    ``faulty`` is the largest share of a clinic's patients with a fault planted in the export. ``whole_columns``: the
    exports also round the readings of a device and write percents as fractions.
    """

    id: str
    sentence: str
    texture: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    lesions: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    uptake: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    roughness: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    elasticity: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    barrier: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    confounding: float = 1.0
    prognosis: float = 1.0
    split_face: float = 0.10
    dropout: float = 1.0
    at_most: int | None = None
    faults_per_kind: int = 1
    faulty: float = 0.2
    whole_columns: bool = False


EFFECT = Scenario(
    "effect",
    "Rollers smooth texture most, peels clear spots most, uptake rises most after rollers; moderate confounding.",
    texture={"microdermabrasion": 0.1, "chemical_peel": 0.5, "dermal_roller": 1.0},
    lesions={"microdermabrasion": -0.07, "chemical_peel": -0.45, "dermal_roller": 0.0},
    uptake={"microdermabrasion": 0.15, "chemical_peel": 0.4, "dermal_roller": 0.8},
    roughness={"microdermabrasion": -0.03, "chemical_peel": -0.08, "dermal_roller": -0.15},
    elasticity={"microdermabrasion": 0.0, "chemical_peel": 0.01, "dermal_roller": 0.06},
    barrier={"microdermabrasion": 0.2, "chemical_peel": 0.3, "dermal_roller": 0.5},
)

SCENARIOS: Mapping[str, Scenario] = {
    "effect": EFFECT,
    "null": Scenario("null", "No treatment does anything; skin follows its natural course."),
    "confounded": Scenario(
        "confounded",
        "No treatment does anything, but the consultation sends patients with the best outlook to one treatment.",
        confounding=2.5,
        prognosis=3.0,
        split_face=0.0,
    ),
    "tiny": replace(EFFECT, id="tiny", sentence="The world of `effect` in 24 patients.", split_face=0.0, at_most=24),
    "split_face": replace(
        EFFECT, id="split_face", sentence="The world of `effect`, other treatments on the two sides.", split_face=1.0
    ),
    "messy": replace(
        EFFECT,
        id="messy",
        sentence="The world of `effect` with many more faults in the exports.",
        faults_per_kind=6,
        faulty=0.6,
    ),
    "rounded": replace(
        EFFECT,
        id="rounded",
        sentence="The world of `effect`; in the exports readings are rounded and percents are fractions.",
        whole_columns=True,
    ),
    "dropout": replace(
        EFFECT, id="dropout", sentence="The world of `effect`, twice as many lost, mostly the unimproved.", dropout=2.2
    ),
}


def scenario_named(name: str) -> Scenario:
    """The scenario of that name; an unknown name is a usage error that lists them all."""
    if name not in SCENARIOS:
        raise UsageError(f"There is no scenario {name!r}.", fix=f"choose one of: {', '.join(SCENARIOS)}")
    return SCENARIOS[name]
