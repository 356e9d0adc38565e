"""The items of STROBE (cohort) and RECORD as data: what each asks, and on what in a run its tick hangs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from analytics.show.stories import Evidence, blank

Condition = Callable[[Evidence], bool]


class Part(NamedTuple):
    """Something an item asks for: there if ``met``, then it stands at ``where``, else ``otherwise`` says why not."""

    met: Condition
    where: str
    otherwise: str = ""


class Item(NamedTuple):
    """``lacking``: what this software can never know of the item, and why."""

    number: str
    asks: str
    parts: tuple[Part, ...] = ()
    lacking: str = ""


def rows(table: str, **keys: Any) -> Condition:
    """The run has such rows."""
    return lambda source: bool(source.rows(table, **keys))


def _reasons(source: Evidence) -> bool:
    return any(not blank(row["reason"]) for row in source.rows("flow"))


def _groups(source: Evidence) -> bool:
    """Whether comparisons were made within levels of a column."""
    found = (str(row["population"]) for row in source.rows("findings"))
    return any("=" in each and not each.startswith("design=") for each in found)


def _planned(source: Evidence) -> bool:
    return bool(source.facts.get("planned", True))


def _dated(source: Evidence) -> bool:
    return bool(source.facts.get("cutoff"))


def _mapped(source: Evidence) -> bool:
    return bool(source.facts.get("mapping_sha256"))


def _adjusted(source: Evidence) -> bool:
    return any(row["adjustment"] == "covariates" for row in source.rows("findings", status="estimated"))


def _absolute(source: Evidence) -> bool:
    return bool(source.rows("responders") or source.rows("findings", measure="risk_difference"))


def _several_files(source: Evidence) -> bool:
    return len(source.rows("files")) > 1


def _versions(source: Evidence) -> bool:
    return bool(dict(source.facts.get("software", {})).get("lock_sha256"))


FINDINGS, ESTIMATED = rows("findings"), rows("findings", status="estimated")
BESIDE, MISSED = rows("findings", analysis="sensitivity"), rows("descriptions", statistic="missing")
WHO, QUALITY, EACH = "Who is in the data", "How good the data are", "Each outcome"
METHODS, DETAIL = "Methods", "Methods in detail"
NOTHING = "nothing was compared"
UNKNOWN = "not recorded by this software"
NO_FLOW, NO_FILES = "no flow of patients", "no account of the files"

STROBE: tuple[Item, ...] = (
    Item("1", "Title and summary name the design and say in balance what was done and found",
         (Part(FINDINGS, "first page", NOTHING),), "the title is the plan's own and need not name the design"),
    Item("2", "Background and reasons", (), UNKNOWN),
    Item("3", "Objectives, with hypotheses fixed beforehand",
         (Part(FINDINGS, METHODS, NOTHING), Part(_planned, "Plan", "nobody gave a plan: the standard plan was used"))),
    Item("4", "Design, told early", (Part(rows("flow"), f"first page; {WHO}", NO_FLOW),)),
    Item("5", "Setting, places and dates",
         (Part(_dated, "Receipt: the last day of the data", "the data have no dates"),
          Part(rows("clinics"), f"{EACH}: by clinic", "no results by clinic")), f"places in words, {UNKNOWN}"),
    Item("6", "Who could take part, how they were chosen and followed",
         (Part(rows("flow"), WHO, NO_FLOW),
          Part(rows("eligibility_counts"), "Who should not have been treated", "no session met a rule"))),
    Item("7", "Outcomes, treatments and confounders defined",
         (Part(lambda s: bool(s.plan.outcomes), "Glossary; Plan", "the plan names no outcome"),)),
    Item("8", "Where each variable comes from and how it was measured",
         (Part(rows("files"), f"{QUALITY}; Glossary", NO_FILES),), f"devices and raters in words, {UNKNOWN}"),
    Item("9", "What was done about bias",
         (Part(_adjusted, f"{METHODS}: adjustment", "nothing was adjusted for"),
          Part(rows("baseline"), f"{WHO}: how alike the groups were", "no table of the start"))),
    Item("10", "How the number of patients came about",
         (Part(rows("power"), f"{EACH}: what size of difference could be found", "no table of power"),),
         f"a number aimed at beforehand, {UNKNOWN}"),
    Item("11", "How numeric variables were handled and grouped", (Part(FINDINGS, DETAIL, NOTHING),)),
    Item("12", "Statistical methods: confounding, subgroups, missing data, loss to follow-up, sensitivity",
         (Part(FINDINGS, f"{METHODS}; {DETAIL}", NOTHING),
          Part(_groups, f"{EACH}: within groups", "no comparison within groups"),
          Part(MISSED, f"{METHODS}: events in between; {EACH}: missing at each visit", "nobody counted as missing"),
          Part(BESIDE, f"{EACH}: other ways of analysing", "no other way of analysing"))),
    Item("13", "Patients at each stage, and why some are not there",
         (Part(rows("flow"), WHO, NO_FLOW), Part(_reasons, "the reasons beside", "no reasons for leaving out"))),
    Item("14", "The groups at the start, missing values, length of follow-up",
         (Part(rows("baseline"), f"{WHO}: at the start", "no table of the start"),
          Part(rows("baseline", statistic="missing"), f"{WHO}: missing at the start", "missing values not counted"),
          Part(MISSED, f"{EACH}: missing at each visit", "nobody counted as missing"))),
    Item("15", "Outcomes over time, as measured",
         (Part(rows("descriptions"), f"{EACH}: as measured", "no reading is described"),)),
    Item("16", "Main results with and without adjustment, with intervals; absolute figures",
         (Part(_adjusted, f"{EACH}: comparisons", "no adjusted comparison could be estimated"),
          Part(rows("findings", adjustment="none", status="estimated"), f"{EACH}: other ways of analysing",
               "no comparison without adjustment could be estimated"),
          Part(_absolute, f"{EACH}: responders", "no shares of patients"))),
    Item("17", "Other analyses: subgroups and sensitivity",
         (Part(BESIDE, f"{EACH}: other ways of analysing", "no other way of analysing"),
          Part(_groups, f"{EACH}: within groups", "no comparison within groups"))),
    Item("18", "Key results by objective", (Part(ESTIMATED, "first page", "nothing could be estimated"),)),
    Item("19", "Limitations, with direction and size of bias",
         (Part(FINDINGS, "first page: how sure can you be", NOTHING),),
         "no size is put on bias by what was not recorded"),
    Item("20", "A cautious reading as a whole", (Part(ESTIMATED, "first page", "nothing could be estimated"),),
         "other studies are not looked at"),
    Item("21", "For whom else the results hold", (), "for the reader to judge: nothing in the data says it"),
    Item("22", "Funding and the part of the funders", (), UNKNOWN),
    Item("–", "Beside the list: ethics approval and consent", (), UNKNOWN),
)  # fmt: skip
RECORD: tuple[Item, ...] = (
    Item("1.1", "Title or summary name the kind of data, and the data set",
         (Part(rows("files"), "Receipt", NO_FILES),),
         "kind of record system, " + UNKNOWN),
    Item("1.2", "Region and time span", (Part(_dated, "Receipt: the last day of the data", "the data have no dates"),),
         f"region, {UNKNOWN}"),
    Item("1.3", "Linkage between data sets is named",
         (Part(_several_files, f"{QUALITY}: rows by file", "a single file was read"),)),
    Item("6.1", "How patients were picked: codes and rules", (Part(rows("flow"), f"{WHO}; Plan", NO_FLOW),)),
    Item("6.2", "Whether the codes were validated elsewhere", (), UNKNOWN),
    Item("6.3", "Flow through linkage", (Part(rows("flow"), f"{WHO}, as a table", NO_FLOW),), "no diagram"),
    Item("7.1", "All codes and rules of treatments, outcomes and confounders",
         (Part(lambda s: bool(s.plan.outcomes), "Glossary; run/vocabulary.json", "the plan names no outcome"),
          Part(_mapped, "run/mapping.yml", "no mapping was used: the columns had our names"))),
    Item("12.1", "Which part of the database the authors could see", (), UNKNOWN),
    Item("12.2", "How the data were cleaned",
         (Part(rows("files"), f"{QUALITY}: rules, repairs, rows set aside", NO_FILES),)),
    Item("12.3", "How data sets were linked, and how good the links are",
         (Part(_several_files, f"{QUALITY}: files joined by the patient's number", "a single file was read"),),
         "quality of the patients' numbers, " + UNKNOWN),
    Item("13.1", "Selection by data quality, availability and linkage",
         (Part(rows("flow"), WHO, NO_FLOW), Part(rows("files"), f"{QUALITY}: rows by file", NO_FILES))),
    Item("19.1", "What follows from data not made to answer this question",
         (Part(FINDINGS, "first page: how sure can you be", NOTHING),), "changes of coding over time, " + UNKNOWN),
    Item("22.1", "Where protocol, data and code can be had",
         (Part(_planned, "Plan; run/plan.yml", "nobody gave a plan: the standard plan is in run/plan.yml"),
          Part(_versions, "Receipt: version and lock of the software", "the receipt names no lock")),
         "patient data are not delivered"),
)  # fmt: skip
