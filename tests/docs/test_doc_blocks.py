"""What the manual and the README say can be done: every Python block, plan, mapping, schedule, command and target."""

from __future__ import annotations

import ast
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from doc_pages import DOCS, ROOT, CodeBlock, blocks, command_lines, name_of, pages, prose
from given_folder import fill
from page_run import PageRun, run

EVERY = [block for path in pages() for block in blocks(path)]
#: Whole pages that take more than a moment: those which make or compare reports, or fit what a plan asks for.
WORKING = re.compile(
    r"outcomes (report|mock|analyse|verify|diff|simulate) |oc\.(analyse|report|explore)\(|report\.json|patients=200"
)
#: Pages whose lines want a server, a schedule of their own or an installation: every word is checked, nothing is run.
ONLY_CHECKED = {
    "docs/schedule.md": "calls servers of mail and files",
    "docs/store.md": "a tour of options, not a session",
}
LANGUAGES = {"", "sh", "text", "python", "yaml", "json", "{toctree}"}
RUN = [path for path in pages() if name_of(path) not in ONLY_CHECKED and any(command_lines(b) or b.language == "python"
       for b in blocks(path))]  # fmt: skip


def working(path: Path) -> bool:
    return any(WORKING.search(block.text) for block in blocks(path) if block.language in ("", "sh", "python"))


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty simulated patients of three clinics."""
    folder = tmp_path_factory.mktemp("simulated") / "example"
    assert run(["simulate", "--out", str(folder), "--patients", "60", "--seed", "1"])[0] == 0
    return folder


def given_names(path: Path) -> dict[str, Any]:
    """Names that a page takes for granted."""
    return data_for_mmrm() if path.name == "mmrm.md" else {}


def data_for_mmrm() -> dict[str, Any]:
    import analytics as oc

    data = oc.readings(oc.cohort(oc.validate(oc.example(patients=60))), outcome="texture_grade")
    names = {"microdermabrasion": "machine", "chemical_peel": "peel", "dermal_roller": "roller"}
    data = data.assign(arm=data["arm"].cat.rename_categories(names))
    return {"data": data, "new_rows": data.head(3)}


def carry_out(path: Path, folder: Path, simulated: Path) -> None:
    fill(folder, simulated)
    page = PageRun(folder, given_names(path))
    if path.name == "results-json.md":
        assert run(["report", "visits.csv", "--out", ".made", "--format", "json"])[0] == 0
        for name in ("report.json", "run/results.parquet"):
            (folder / Path(name).name).write_bytes((folder / ".made" / name).read_bytes())
    for block in blocks(path):
        page.step(block)


def short_and_long() -> list[Any]:
    return [pytest.param(path, id=name_of(path), marks=[pytest.mark.long] if working(path) else []) for path in RUN]


@pytest.mark.parametrize("path", short_and_long())
def test_a_page_can_be_carried_out(
    path: Path, tmp_path: Path, simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OUTCOMES_KEY_FILE", raising=False)
    carry_out(path, tmp_path, simulated)


@pytest.mark.parametrize("block", [b for b in EVERY if b.language == "python"], ids=str)
def test_a_python_block_is_python(block: CodeBlock) -> None:
    ast.parse(block.text)


@pytest.mark.parametrize("block", [b for b in EVERY if b.language == "yaml"], ids=str)
def test_a_yaml_block_loads(block: CodeBlock, tmp_path: Path) -> None:
    """With the loader of what it is: a schedule, a mapping or a plan."""
    from ruamel.yaml import YAML

    from analytics.domain.mapping import Mapping, load_mapping
    from analytics.domain.plan_file import load_plan

    file = tmp_path / "block.yml"
    file.write_text(block.text, encoding="utf-8")
    keys = set(YAML(typ="safe").load(block.text))
    if "exports" in keys:
        schedule_loads(file)
    elif keys & {"columns", "tables", "rules", "treatments"} and keys <= set(Mapping.model_fields):
        from schemas.standard import STANDARD

        load_mapping(file).vocabulary(STANDARD)
    else:
        load_plan(file)


def schedule_loads(file: Path) -> None:
    from analytics.schedule.loading import load_exports

    named = re.findall(r"holidays: ([\w.-]+)", file.read_text())
    for name in named:
        (file.parent / name).write_text("2026-12-25\n")
    assert load_exports(file).exports


def every_command() -> list[tuple[str, str]]:
    """(where, line) of every command in blocks and in the prose."""
    found = [(str(block), line) for block in EVERY for line in command_lines(block)]
    for path in pages():
        text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.S | re.M)
        spans = re.findall(r"`((?:\.venv/bin/)?outcomes [^`\n]+)`", text)
        found += [(name_of(path), line.removeprefix(".venv/bin/")) for line in spans]
    return found


def test_every_command_and_option_exists() -> None:
    from typer.main import get_command

    from analytics.cli.app import app

    wrong = [
        f"{where}: {line}: {fault}" for where, line in every_command() if (fault := strange(get_command(app), line))
    ]
    assert not wrong, "\n".join(wrong)
    assert len(every_command()) > 60


def strange(command: Any, line: str) -> str:
    """What in the line no command of ours knows."""
    words = shlex.split(line)[1:]
    while words and hasattr(command, "commands"):
        if words[0] == "..." or words[0].startswith("-"):
            return "" if words[0] in ("...", "--help") else words[0]
        command = command.commands.get(words.pop(0))
        if command is None:
            return "no such command"
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help", "-h"}
    return ", ".join(word for word in words if word.startswith("-") and word.split("=")[0] not in known)


def test_every_make_target_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.M))
    for path in pages():
        text = path.read_text(encoding="utf-8")
        named = re.findall(r"`make ([a-z]+)", text) + re.findall(r"^make ([a-z]+)", text, flags=re.M)
        assert set(named) <= targets, name_of(path)
    assert re.search(r"^docs:.*## ", makefile, flags=re.M)


def test_every_block_says_what_it_is() -> None:
    sys.path.insert(0, str(DOCS))
    from generate.filling import MADE

    known = LANGUAGES | {f"{{made}} {name}" for name in MADE}
    odd = [f"{block}: {block.language}" for block in EVERY if block.language not in known]
    assert not odd, odd
    for path in pages():
        assert path.read_text(encoding="utf-8").count("```") % 2 == 0, name_of(path)
        assert "<!--" not in re.sub(r"<!-- (file: \S+|exit \d+|prints|not run: [^>]+) -->\n", "", prose(path)), name_of(
            path
        )


def test_errors_of_the_troubleshooting_page_are_ours() -> None:
    """The words in each heading stand in a message of the code, ``...`` standing for what varies."""
    messages = every_message()
    page = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### `(.+)`$", page, flags=re.M)
    assert len(headings) >= 20
    for heading in headings:
        wanted = [part.strip() for part in heading.split("...") if part.strip(" .,:")]
        assert any(all(part in message for part in wanted) for message in messages), heading


def every_message() -> list[str]:
    """Every text of the code, what is put in at run time as ``...``."""
    found = []
    for top in ("analytics", "schemas"):
        for path in sorted((ROOT / top).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.JoinedStr):
                    found.append("".join(v.value if isinstance(v, ast.Constant) else "..." for v in node.values))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(node.value)
    return found
