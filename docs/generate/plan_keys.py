"""The keys of a plan with their comments, as ``outcomes plan init`` writes them."""

from __future__ import annotations

from pathlib import Path


def page(pictures: Path, link: str = "") -> str:
    from analytics.domain.plan import Plan
    from analytics.domain.plan_file import dump_plan

    return f"```yaml\n{dump_plan(Plan()).rstrip()}\n```"
