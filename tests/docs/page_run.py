"""A page of the manual, carried out from top to bottom in one folder and one Python session."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import Any

from doc_pages import CodeBlock, command_lines
from given_folder import write_file

#: Lines that are only checked, each with its reason.
NOT_NOW = {"outcomes report --store data/store --as-of 2026-03-01 --out then": "the store begins when the test does"}


class PageRun:
    """What a page has made so far: its files, the names of its Python session, what the last command printed."""

    def __init__(self, folder: Path, scope: dict[str, Any]) -> None:
        self.folder, self.scope, self.printed = folder, scope, ""

    def step(self, block: CodeBlock) -> None:
        if block.remark == "file" and block.value:
            write_file(self.folder / block.value, block.text)
        elif block.remark == "not run":
            return
        elif block.remark == "prints":
            self._compare(block)
        elif block.language == "yaml":
            self._yaml(block)
        elif block.language == "python":
            exec(compile(block.text, str(block), "exec"), self.scope)
        else:
            for line in command_lines(block):
                self._command(line, block)

    def _yaml(self, block: CodeBlock) -> None:
        named = re.match(r"# ([\w.-]+\.yml)\n", block.text)
        if named:
            write_file(self.folder / named[1], block.text)

    def _command(self, line: str, block: CodeBlock) -> None:
        if line in NOT_NOW:
            return
        words = shlex.split(line)
        target = words[words.index(">") + 1] if ">" in words else ""
        words = words[: words.index(">")] if target else words
        code, printed, said = run(words[1:])
        wanted = int(block.value) if block.remark == "exit" else 0
        assert code == wanted, f"{block}: {line}\nexit {code}, not {wanted}\n{printed}\n{said}"
        self.printed = printed + said
        if target:
            (self.folder / target).write_text(printed, encoding="utf-8")

    def _compare(self, block: CodeBlock) -> None:
        """What the page shows is what came, ``...`` standing for what it leaves out."""
        at, come = 0, _flat(self.printed)
        for part in block.text.split("...\n"):
            found = come.find(_flat(part), at)
            assert found >= 0, f"{block}: the page shows\n{part}\nand this came\n{self.printed}"
            at = found + len(_flat(part))


def _flat(text: str) -> str:
    return " ".join(text.split())


def run(arguments: list[str]) -> tuple[int, str, str]:
    """``outcomes ARGUMENTS`` in this process: exit code, what was printed, what was said beside it."""
    from typer.main import get_command

    from analytics.cli.app import app
    from analytics.domain.errors import OutcomesError

    printed, said = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(said):
        try:
            code = get_command(app)(arguments, prog_name="outcomes", standalone_mode=False)
        except OutcomesError as error:
            said.write(str(error))
            code = error.exit_code
        except SystemExit as stop:
            code = stop.code
    return int(code or 0), printed.getvalue(), said.getvalue()
