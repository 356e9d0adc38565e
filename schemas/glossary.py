"""The words of the field and of the report, in plain words for a director; docs/glossary.md is written from here.

The meanings hold no digits, so that a report may print them as they are; treatments and outcomes come from the
vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from schemas.standard import STANDARD
from schemas.vocabulary import Vocabulary

PEOPLE = {
    "patient": "A person, however many sessions and sides. Numbers of the report count patients unless they say so.",
    "session": "One appointment in which a treatment was given.",
    "assessment": "A row with readings and no treatment: somebody looked, nothing was done.",
    "treatment": "What was done to the skin in a session.",
    "arm": "The group of patients who began with the same treatment; they stay in it whatever follows.",
    "consultation": "The talk before treatment: skin type, concerns, recommendation, instructions.",
    "skin type": "Dry, oily, combination, normal or sensitive, as judged at the consultation.",
    "Fitzpatrick type": "One of six types of how skin answers to the sun, from always burning to never burning.",
    "concern": "What the patient came for, such as acne, scars or pigmentation.",
    "instructions": "What a patient was asked to do or leave out before treatment, such as keeping out of the sun.",
    "contraindication": "A reason not to treat, or to treat only with care.",
    "eligibility policy": "Dated list of reasons not to treat: block (do not), warn (with care), note (worth knowing).",
    "adjunct": "A product or treatment that goes with the one compared.",
    "side": "Left or right half of the face or body, seen from the patient.",
    "split-face": "One patient, two treatments: one on each side. Compared within the patient.",
    "parallel": "Different patients get different treatments. Compared between patients.",
    "rater": "Who counted or graded. Two raters of one face often differ more than two treatments do.",
    "provider": "Who gave the treatment.",
}
TIME = {
    "time zero": "The first session of a compared treatment on that patient and side: from here weeks are counted.",
    "baseline": "The last reading before the first treatment. What came after a treatment is never a baseline.",
    "visit": "A planned time after the start, such as week twelve; the reading nearest to it within a window counts.",
    "course": "Sessions of one treatment without a long gap. It describes how much was given, and ends nothing.",
    "washout": "The time after a session in which a reading shows the session, not the result; it is left out.",
    "follow-up": "Everything measured after the start.",
    "cut-off": "The last day the data speak about. It stands for today.",
    "prevalent": "Already under treatment when the file begins: no untreated start, so not compared.",
    "intercurrent event": "Something that changes what a later reading means: a switch, a stop, a new drug.",
    "treatment policy": "The reading counts whatever happened in between.",
    "hypothetical": "Readings after the event are left out, as if it had not happened.",
    "while on treatment": "Only readings up to the event count.",
    "composite": "Who had the event counts as not having responded.",
}
CHANGE = {
    "change": "The later reading minus the baseline.",
    "better": "Towards healthier skin. For spots and roughness that is lower, for elasticity higher.",
    "responder": "A patient whose own change is big enough to count, by a rule that is stated.",
    "change that matters to a patient": "The change within a person that counts: published, or called a convention.",
    "difference that matters": "The difference between treatments that counts; not the same as a change that matters.",
    "published": "Somebody measured and published this figure for this use.",
    "convention": "This project or the field chose the figure. It can be changed in the plan.",
    "expected reaction": "What nearly everybody has after a treatment and what goes by itself, such as redness.",
    "adverse event": "Harm that is not an expected reaction, or one that lasts longer than expected.",
    "peel depth": "How deep a peel goes, from agent, percent, layers and time together; percent alone does not tell.",
    "absorption": "How much of a product goes into the skin. Water loss through the skin is something else.",
    "barrier": "How well the skin keeps water in. Treatments open it for some days.",
}
COMPARING = {
    "difference after adjustment": "The difference once what was recorded at the start is allowed for.",
    "adjusted mean": "The average of a treatment, as it would be if all treatments had the same mix of patients.",
    "covariate": "What is known before the start and allowed for, such as age and skin type.",
    "unadjusted": "As it is, without allowing for anything.",
    "confounding": "Patients who get one treatment differ from the others, so part of a difference is theirs.",
    "randomised": "Treatment was drawn by lot. Only then may a difference be called an effect.",
    "likely between": "The interval: values the data fit well. A wide one means that little is known.",
    "simultaneous interval": "Intervals made wider so that all pairs together are right as often as promised.",
    "ratio": "One value divided by the other: below one is less, above one more.",
    "ratio of counts": "How many spots remain for each one that remains after the other treatment.",
    "odds ratio": "How the odds of a higher grade compare between two treatments.",
    "win probability": "The chance that a patient after one treatment does better than one after the other.",
    "share difference": "By how many in a hundred more patients responded.",
    "number needed to treat": "How many patients must get one treatment instead of the other for one more to respond.",
    "primary": "Named beforehand as the question that decides.",
    "secondary": "Named beforehand, to support.",
    "sensitivity": "The same question asked in another way, to see whether the answer holds.",
    "exploratory": "Asked after looking. It raises questions, it answers none.",
    "planned": "Written in the plan before the data were read.",
    "fragile": "Another reasonable way of looking gives another answer.",
    "regression to the mean": "Who is picked on a bad day is better on the next one, treated or not.",
    "missing": "A reading that should be there and is not. Patients who stay away often do worse.",
}
ANSWERS = {
    "better, and it matters": "Even the low end of the interval is a difference that matters.",
    "better, size uncertain": "There is an advantage; whether it is big enough to matter is open.",
    "better, but little": "There is an advantage, and it is smaller than what matters.",
    "about equal": "Any difference is smaller than what matters.",
    "no difference shown": "The data do not decide. What size of difference could hide is said beside it.",
    "cannot be compared": "Too few patients, or not measured in a way that can be compared; the reason is given.",
    "detectable difference": "The size of difference that as many patients would usually have shown.",
    "suppressed": "Hidden because so few patients might be recognised.",
}
METHODS = {
    "ancova": "Compares averages of later readings, allowing for each patient's start.",
    "repeated-measures model": "Compares the arms at each visit from all readings of every patient together.",
    "negative binomial": "Compares counts that vary a lot from patient to patient, such as spots.",
    "fractional logit": "Compares shares between nothing and all, such as the percent absorbed.",
    "cumulative logit": "Compares ordered grades without pretending that the steps are equally wide.",
    "standardised risk": "Compares how many responded, as it would be with the same mix of patients.",
    "paired difference": "Compares the two sides of the same patient.",
    "max-t": "Judges all pairs of treatments of one outcome together.",
}
RECORD = {
    "row": "One line of the file that was received.",
    "accepted": "Rows that keep all rules and are used.",
    "set aside": "Rows that break a rule. They are kept in a list with the reason, and change nothing else.",
    "warning": "Unusual, but possible: the row is used and listed.",
    "mapping": "The small file that says what a clinic's own column names and texts mean.",
    "plan": "What will be compared and how, written before the data are read.",
    "estimand": "The exact question behind one number: who, what, when, and what if something happens between.",
    "cohort": "The patients who are compared, and for every other patient the reason why not.",
    "receipt": "The list of what went in and what came out, with fingerprints: the same inputs give the same report.",
    "clinic": "Where the session took place.",
}
#: Heading -> word -> meaning.
GLOSSARY: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "People and treatments": PEOPLE,
        "Time": TIME,
        "What changes": CHANGE,
        "Comparing": COMPARING,
        "The answers": ANSWERS,
        "Methods": METHODS,
        "Data and record": RECORD,
    }
)


def glossary(vocabulary: Vocabulary = STANDARD) -> dict[str, dict[str, str]]:
    """Heading -> word -> meaning, with the treatments and outcomes in force in front."""
    treatments = {entry.label: entry.definition for entry in vocabulary.treatments.values()}
    outcomes = {entry.label: entry.definition for entry in vocabulary.outcomes.values()}
    return {"Treatments": treatments, "Outcomes": outcomes, **{h: dict(words) for h, words in GLOSSARY.items()}}


def markdown(vocabulary: Vocabulary = STANDARD) -> str:
    """The glossary as docs/glossary.md holds it."""
    parts = ["# Glossary", "", "The words of the report and of the data, in plain words.", ""]
    for heading, words in glossary(vocabulary).items():
        parts += [f"## {heading}", "", "| word | what it means |", "|---|---|"]
        parts += [f"| {word} | {meaning} |" for word, meaning in words.items() if meaning]
        parts.append("")
    return "\n".join(parts)
