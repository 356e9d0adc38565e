"""The run and the executed notebook made by hand, for the tests of the report rooms."""

from __future__ import annotations

import pytest
import report_by_hand
from nbformat import NotebookNode

from analytics.domain.run import Run


@pytest.fixture
def run() -> Run:
    return report_by_hand.run()


@pytest.fixture
def notebook() -> NotebookNode:
    return report_by_hand.notebook()
