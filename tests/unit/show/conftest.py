"""Sections of the hand-made runs, each made once for all tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from awkward_runs import RUNS

from analytics.domain.block import Block
from analytics.domain.run import Run
from analytics.show.sections import section


@pytest.fixture(scope="session")
def made() -> Callable[[str, str], tuple[Run, tuple[Block, ...]]]:
    """(run, blocks) of a section, each made once."""
    runs: dict[str, Run] = {}
    blocks: dict[tuple[str, str], tuple[Block, ...]] = {}

    def get(kind: str, name: str) -> tuple[Run, tuple[Block, ...]]:
        if kind not in runs:
            runs[kind] = RUNS[kind]()
        if (kind, name) not in blocks:
            blocks[kind, name] = section(runs[kind], name)
        return runs[kind], blocks[kind, name]

    return get
