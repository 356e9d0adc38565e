"""A plain, slow judge of warnings, one row after the other, written from the manual only; rows are clean and dated."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import pairwise

COLUMNS = (
    "patient_id", "treatment", "session_date", "side", "timing", "hours_since_session", "session_no", "sex",
    "melanin_index",
)  # fmt: skip
Row = tuple[str, ...]
Found = tuple[int, str, str]  # line from 0, column, rule


def warnings(rows: list[Row]) -> set[Found]:
    """Every warning about a row."""
    lines = [dict(zip(COLUMNS, row)) for row in rows]
    for line in lines:
        line["day"] = dt.date.fromisoformat(line["session_date"])  # type: ignore[assignment]
    return {
        found
        for judge in (_intervals, _gaps, _persons, _isolated, _tone, _spellings)
        for found in judge(lines)
    }  # fmt: skip


def _of(lines: list[dict], patient: str) -> list[tuple[int, dict]]:
    return [(i, line) for i, line in enumerate(lines) if line["patient_id"] == patient]


def _patients(lines: list[dict]) -> list[str]:
    return list(dict.fromkeys(line["patient_id"] for line in lines))


def _intervals(lines: list[dict]):
    for patient in _patients(lines):
        treated = [(i, line["day"]) for i, line in _of(lines, patient) if line["treatment"]]
        days = sorted({day for _, day in treated})
        for before, day in pairwise(days):
            if (day - before).days < 7:
                yield min(i for i, when in treated if when == day), "session_date", "short_interval"


def _gaps(lines: list[dict]):
    for patient in _patients(lines):
        numbered = [(i, int(line["session_no"]), line["side"]) for i, line in _of(lines, patient) if line["session_no"]]
        sides = sorted({side for _, _, side in numbered if side}) if _sides_apart(_of(lines, patient)) else [""]
        for side in sides:
            series = [(i, number) for i, number, at in numbered if not side or at in (side, "")]
            have = {number for _, number in series}
            for number in have:
                if number > min(have) and number - 1 not in have:
                    yield min(i for i, n in series if n == number), "session_no", "session_gap"


def _sides_apart(lines: list[tuple[int, dict]]) -> bool:
    """Whether one number is a treatment of the left on one day and of the right on another (by their first days)."""
    first: dict[tuple[str, str], dt.date] = {}
    for _, line in lines:
        if line["treatment"] and line["session_no"] and line["side"]:
            key = line["session_no"], line["side"]
            first[key] = min(first.get(key, line["day"]), line["day"])
    return any(first.get((n, "left"), day) != day for (n, side), day in first.items() if side == "right")


def _persons(lines: list[dict]):
    for patient in _patients(lines):
        said = Counter(line["sex"] for _, line in _of(lines, patient) if line["sex"])
        most = max(said.values(), default=0)
        right = [sex for sex, n in said.items() if n == most]
        for i, line in _of(lines, patient):
            if line["sex"] and len(said) > 1 and (line["sex"] not in right or len(right) > 1):
                yield i, "sex", "changed_person"


def _isolated(lines: list[dict]):
    far = [
        i
        for i, line in enumerate(lines)
        if len(lines) > 1
        and all(abs((line["day"] - other["day"]).days) > 365 for k, other in enumerate(lines) if k != i)
    ]
    if 2 * len(far) < len(lines):
        yield from ((i, "session_date", "isolated_date") for i in far)


def _tone(lines: list[dict]):
    for i, line in enumerate(lines):
        if line["melanin_index"] and _hours(lines, line) < 336:
            yield i, "melanin_index", "early_tone_reading"


def _hours(lines: list[dict], reading: dict) -> float:
    if reading["hours_since_session"]:
        return float(reading["hours_since_session"])
    apart = [10_000]
    for _, line in _of(lines, reading["patient_id"]):
        sides = {line["side"], reading["side"]}
        if line["treatment"] and sides != {"left", "right"}:
            days = (reading["day"] - line["day"]).days
            if days > 0 or (days == 0 and reading["timing"] == "post"):
                apart.append(24 * days)
    return min(apart)


def _spellings(lines: list[dict]):
    plain = {patient: "".join(patient.split()).casefold() for patient in _patients(lines)}
    for name in dict.fromkeys(plain.values()):
        same = [patient for patient in plain if plain[patient] == name]
        right = min(same, key=lambda p: (-len(_of(lines, p)), not _usual(p, list(plain)), p))
        for i, line in enumerate(lines):
            if line["patient_id"] in same and line["patient_id"] != right:
                yield i, "patient_id", "id_spelling"


def _usual(patient: str, patients: list[str]) -> bool:
    """On the pattern of letters and digits that four in five ids have (ids that differ in case only count once)."""
    distinct = {p.casefold(): p for p in reversed(patients)}.values()
    same = [p for p in distinct if _shape(p) == _shape(patient)]
    return len(same) >= 0.8 * len(distinct)


def _shape(text: str) -> str:
    return "".join("a" if c.isalpha() else "9" if c.isdigit() else c for c in text)
