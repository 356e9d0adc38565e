"""Plans with impossible values, and commands that cannot be meant; places that cannot be read or written."""

from __future__ import annotations

import os
from collections.abc import Callable

from case import HEADER, Case, Place, rows


def two_arms() -> str:
    """Sixteen patients of two treatments, seen before and eight weeks after."""
    arms = ("chemical_peel", "dermal_roller")
    lines = (
        f"p{i},{arm},{day}-0{1 + i % 5},{grade + i * (grade + 3) * 7 % 5 / 2},{9 + i}"
        for i in range(16)
        for arm, day, grade in ((arms[i % 2], "2026-01", 3), ("", "2026-03", 2))
    )
    return "\n".join([HEADER, *lines]) + "\n"


ANALYSE = "analyse sessions.csv --plan p.yml --out out"
OUTCOME = "primary: [texture_grade]\n"


def without_texture() -> str:
    """The same patients with nothing in the column of the texture grade."""
    head, *lines = two_arms().splitlines()
    at = head.split(",").index("texture_grade")
    empty = [",".join("" if i == at else cell for i, cell in enumerate(line.split(","))) for line in lines]
    return "\n".join([head, *empty]) + "\n"


def bad(
    name: str, text: object, *says: str, code: int = 12, sessions: Callable[[], str] = two_arms, **more: object
) -> Case:
    """A plan for the sixteen patients."""
    files = {"sessions.csv": sessions, "p.yml": text}
    return Case(name, files, code, says, **{"command": ANALYSE, **more})  # type: ignore[arg-type]


PLANS = (
    bad("a plan that is a list", "- texture_grade\n- age\n", "made of lines like key: value"),
    bad("a plan that is a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "is not UTF-8 text"),
    bad("a plan of laughs", "a: &a [x]\nb: [*a, *a]\n", "anchors (&)"),
    bad("keys nobody knows", "primry: [texture_grade]\nvisit: {}\n", "did you mean 'primary'", "line 2"),
    bad("a key inside that nobody knows", "visits: {week: [8]}\n", "did you mean 'weeks'"),
    bad("an outcome that is none", "primary: [wrinkels]\n", "wrinkels"),
    bad("an arm that is none", "arms: [chemical_peel, snake_oil]\n" + OUTCOME, "snake_oil"),
    bad("an arm that the data have not", "arms: [chemical_peel, microdermabrasion]\n" + OUTCOME, "microdermabrasion"),
    bad("an arm against itself", "arms: [chemical_peel, chemical_peel]\n", "named twice"),
    bad("one arm", "arms: [chemical_peel]\n", "at least two arms"),
    bad("a thousand arms", "arms: [" + ",".join(f"a{i}" for i in range(1_000)) + "]\n", "a0"),
    bad("no weeks", "visits: {weeks: []}\n", "weeks must be above 0 and rise"),
    bad("weeks that fall", "visits: {weeks: [8, 4]}\n", "weeks must be above 0 and rise"),
    bad("weeks that are none", "visits: {weeks: [nan]}\n", "weeks"),
    bad("infinite weeks", "visits: {weeks: [4, .inf]}\n", "weeks"),
    bad("weeks beyond all time", "visits: {weeks: [4, 1e300]}\n", "weeks"),
    bad("a window of ages", "visits: {window_days: 99999999999}\n", "window_days"),
    bad("a window of half a day", "visits: {window_days: 0.5}\n", "must be a whole number"),
    bad("a gap of ages", "course: {gap_days: 1000000000000}\n", "gap_days"),
    bad("a baseline of ages", "course: {baseline_window_days: 1000000000000}\n", "baseline_window_days"),
    bad("underscores in the number of a plan", "visits: {window_days: 1_4}\n", "window_days", "written without _"),
    bad("a confidence of one", "confidence_level: 1\n", "confidence_level"),
    bad("a confidence of almost one", "confidence_level: 0.99999999999999999\n", "confidence_level"),
    bad("a confidence in percent", "confidence_level: 95\n", "confidence_level"),
    bad("a cell of nobody", "minimum_cell: 0\n", "minimum_cell"),
    bad("a cell of everybody on earth", f"minimum_cell: {10**30}\n", "minimum_cell", "1000000"),
    bad("a seed below zero", "seed: -1\n", "seed"),
    bad("a seed of five thousand digits", f"seed: {'9' * 5_000}\n", "seed"),
    bad("yes, it was randomised", "randomised: yes\n", "must be true or false"),
    bad("29 February of a year that has none", "data: {from: 2025-02-29}\n", "from"),
    bad("a date of seconds since 1970", "data: {cutoff: 1767225600}\n", "a date like 2026-03-01"),
    bad("an end before the beginning", "data: {from: 2026-05-01, to: 2026-04-01}\n", "is before from"),
    bad("a difference of nothing", "primary: [{outcome: texture_grade, meaningful_difference: {difference: 0}}]\n",
        "above 0"),
    bad("a ratio of one", "primary: [{outcome: texture_grade, meaningful_difference: {ratio: 1}}]\n", "not possible"),
    bad("a margin below zero", "primary: [{outcome: texture_grade, margin: -1}]\n", "margin"),
    bad("dunnett without a reference", "multiplicity: dunnett\n", "name it under reference"),
    bad("a method that is none", "primary: [{outcome: texture_grade, method: magic}]\n", "magic"),
    bad("a subgroup that is none", f"{OUTCOME}subgroups: [shoe_size]\n", "shoe_size"),
    bad("a plan checked without data", "primary: [wrinkels]\n", "wrinkels", command="plan check p.yml"),
    bad("a plan that is a pipe", Place(os.mkfifo), "is not a file"),
    bad("a plan without an end", "", "is not a file", command="analyse sessions.csv --plan /dev/zero --out out"),
    bad("a plan nobody may read", Place(lambda p: (p.write_text(OUTCOME), p.chmod(0))), "permission denied",
        as_nobody=True),
    bad("no row left by the plan's dates", "data: {from: 2031-01-01}\n", "has no patient here", code=13, writes=True),
    bad("a planned outcome whose column is empty", OUTCOME, "Cannot be compared", code=13, writes=True,
        sessions=without_texture),
    bad("a title of markup", "title: '<script>alert(1)</script>'\nvisits: {weeks: [8]}\n" + OUTCOME, "Findings",
        code=0),
)  # fmt: skip


def closed(path: object) -> None:
    """A folder with a file in it, that nobody may enter."""
    path.mkdir()  # type: ignore[attr-defined]
    (path / "sessions.csv").write_text(rows())  # type: ignore[operator]
    path.chmod(0)  # type: ignore[attr-defined]


def at(name: str, place: object, code: int, *says: str, file: str = "sessions.csv", **more: object) -> Case:
    """A data file that is no plain file."""
    files = {file: Place(place)} if callable(place) else {file: place}
    return Case(name, files, code, says, **{"command": f"validate {file} --out out", **more})  # type: ignore[arg-type]


PLACES = (
    at("a pipe", os.mkfifo, 11, "sessions.csv is not a file"),
    at("a folder named csv", os.mkdir, 11, "holds no sessions file"),
    at("a link to itself", lambda p: p.symlink_to(p.name), 11, "There is no file sessions.csv"),
    at("a link to nowhere", lambda p: p.symlink_to("gone.csv"), 11, "There is no file sessions.csv"),
    at("a link to a device without end", lambda p: p.symlink_to("/dev/zero"), 11, "sessions.csv is not a file"),
    at("a device without end", rows(), 11, "zero is of no kind that can be read",
        command="validate /dev/zero --out out"),
    at("a folder of links in a circle", lambda p: (p.mkdir(), (p / "sessions").symlink_to(".."),
        (p / "sessions.csv").symlink_to("sessions.csv")), 11, "holds no sessions file", file="data"),
    at("a folder with a pipe in it", lambda p: (p.mkdir(), (p / "sessions.csv").write_text(rows()),
        os.mkfifo(p / "patients.csv")), 0, "1 rows received", "Left alone: patients.csv", file="data"),
    at("a folder with two sessions files", lambda p: (p.mkdir(), (p / "sessions.csv").write_text(rows()),
        (p / "sessions.tsv").write_text(rows())), 11, "holds sessions more than once", file="data"),
    at("a file nobody may read", lambda p: (p.write_text(rows()), p.chmod(0)), 11, "cannot be read: permission denied",
        as_nobody=True),
    at("a folder nobody may enter", closed, 11, "cannot be read: permission denied", file="data", as_nobody=True),
    at("a file in a folder nobody may enter", closed, 11, "cannot be read: permission denied", file="data",
        as_nobody=True,
        command="validate data/sessions.csv --out out"),
    at("a file that is not there", rows(), 11, "did you mean 'sessions.csv'", command="validate sesions.csv --out out"),
    at("a name of five thousand letters", rows(), 11, "file name too long",
        command=f"validate {'s' * 5_000}.csv --out out"),
    at("a name on the way of five thousand letters", rows(), 11, "cannot be read",
        command=f"validate {'/'.join(['folder'] * 900)}/s.csv --out out", ),
    at("no ending", rows(), 11, "is of no kind that can be read", "files may end in", file="sessions"),
)  # fmt: skip

OUTPUTS = (
    at("results inside the data file", rows(), 14, "a part of its path is a file",
        command="validate sessions.csv --out sessions.csv/out"),
    at("results over the data file", rows(), 14, "The output must be a folder, and sessions.csv is a file",
        command="validate sessions.csv --out sessions.csv"),
    at("results over the data folder", lambda p: (p.mkdir(), (p / "sessions.csv").write_text(rows())), 14,
        "holds files that are not a report of ours", file="data", command="validate data --out data"),
    at("results where one stands", rows(), 14, "where you stand", command="validate sessions.csv --out ."),
    at("results over the whole machine", rows(), 14, "name a folder inside it",
        command="validate sessions.csv --out /"),
    at("results in a name too long", rows(), 14, "too long", command=f"validate sessions.csv --out {'o' * 5_000}"),
    at("results where nobody may write", rows(), 14, "no right to write there", as_nobody=True,
        command="validate sessions.csv --out /outcomes-of-nobody"),
    Case("results in a link to itself", {"sessions.csv": rows(), "loop": Place(lambda p: p.symlink_to("loop"))}, 14,
        ("could not be written",), "validate sessions.csv --out loop/out"),
    Case("results in a pipe", {"sessions.csv": rows(), "pipe": Place(os.mkfifo)}, 14, ("must be a folder",),
        "validate sessions.csv --out pipe"),
    Case("a draft in a pipe", {"sessions.csv": rows(), "pipe": Place(os.mkfifo)}, 14, ("was not touched",),
        "mapping init sessions.csv --out pipe"),
    at("a draft in a name too long", rows(), 14, "too long",
        command=f"mapping init sessions.csv --out {'o' * 5_000}.yml"),
    at("a draft over the data file", rows(), 14, "was not touched",
        command="mapping init sessions.csv --out sessions.csv"),
    at("a template over the data file", rows(), 14, "nothing was touched",
        command="template --out sessions.csv"),
)  # fmt: skip

USAGE = (
    at("an option nobody knows", rows(), 2, "No such option: --colour", command="validate sessions.csv --colour"),
    at("a command nobody knows", rows(), 2, "No such command 'analyze'", command="analyze sessions.csv"),
    at("no data", rows(), 2, "Missing argument", command="validate --out out"),
    at("an option without its value", rows(), 2, "requires an argument", command="validate sessions.csv --out"),
    at("a cut-off that is no date", rows(), 2, "must be a date",
        command="validate sessions.csv --cutoff 31.12.2026 --out out"),
    at("a cut-off on 29 February of 2025", rows(), 2, "must be a date",
        command="validate sessions.csv --cutoff 2025-02-29 --out out"),
    at("a strict check of a faulty row", rows("p2,laser,2026-01-01,3,1"), 11, "1 rows or entries were set aside",
        command="validate sessions.csv --strict --out out", writes=True),
    at("a sheet of a file that has none", rows(), 11, "has no sheet 'S'",
        command="mapping init sessions.csv --sheet S"),
)  # fmt: skip

PLAN_CASES: tuple[Case, ...] = (*PLANS, *PLACES, *OUTPUTS, *USAGE)
