"""exports.yml: what is exported when, of which data, for whom and where to; checked at load, no secret in it."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from analytics.deliver.order import AUDIENCES, REPORTS
from analytics.domain.documents import nearest, plain, senseless
from analytics.schedule.destinations.models import AnyTo, MailAddress, MailServer, Setting
from analytics.schedule.rule import Rule, fault

FORMATS = ("html", "pdf", "xlsx", "docx", "ipynb", "json")
NAME = r"[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?"
WINDOW = r"all|last_([1-9][0-9]{0,2})_(days|weeks|months)"


class Part(Setting):
    """A part of the file: no unknown key, no secret, no guessing of numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _plain(cls, value: Any, info: Any) -> Any:
        return plain(cls.model_fields[str(info.field_name)].annotation, value)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class When(Part):
    cron: str
    first_in: Literal["week", "month", "quarter", "year"] | None = None
    holidays: str | None = None

    @field_validator("cron")
    @classmethod
    def _cron(cls, value: str) -> str:
        found = fault(value)
        if found:
            raise ValueError(found)
        return " ".join(value.split())


class DataOf(Part):
    window: str = "all"
    clinics: Literal["all"] | Names = "all"

    @field_validator("window")
    @classmethod
    def _window(cls, value: str) -> str:
        if not re.fullmatch(WINDOW, value):
            raise ValueError("must be all, or like last_3_months, last_12_weeks, last_90_days")
        return value

    @property
    def whole(self) -> bool:
        return self.window == "all" and self.clinics == "all"


class Keep(Part):
    runs: int = Field(24, ge=1, le=100_000)


class OnProblem(Part):
    mail: Annotated[tuple[MailAddress, ...], BeforeValidator(_listed), Field(min_length=1)]


class Gates(Part):
    """What holds a report back; a gate that is not named does not stand."""

    min_new_rows: int | None = Field(None, ge=0)
    max_quarantined: float | None = Field(None, ge=0, le=1)
    max_age_days: int | None = Field(None, ge=0)
    clinics_present: Literal["all"] | Names | None = None
    headline_flip: Literal["hold", "send"] = "send"


class Export(Part):
    """One entry of ``exports``. ``catch_up``: all missed dates, the latest, or none."""

    name: str
    when: When
    report: Names = REPORTS[:1]
    format: Names = ("html", "pdf")
    plan: str | None = None
    data: DataOf = DataOf()
    audience: Literal["internal", "external"] = AUDIENCES[0]  # type: ignore[assignment]
    deliver: tuple[AnyTo, ...] = Field(min_length=1)
    keep: Keep | None = None
    on_problem: OnProblem | None = None
    gates: Gates = Gates()
    catch_up: Literal["all", "latest", "none"] = "all"

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not re.fullmatch(NAME, value) or re.search(r"-\d{4}-\d{2}-\d{2}", value):
            raise ValueError("must be up to 48 small letters, digits and -, like director-monthly, and hold no date")
        return value

    @field_validator("report", "format")
    @classmethod
    def _known(cls, value: tuple[str, ...], info: Any) -> tuple[str, ...]:
        among = REPORTS if info.field_name == "report" else FORMATS
        for one in value:
            if one not in among:
                raise ValueError(f"one of them is no {info.field_name} of ours{nearest(one, among)}")
        if not value or len(set(value)) < len(value):
            raise ValueError("must name at least one, and each once")
        return value

    @model_validator(mode="after")
    def _sense(self) -> Export:
        if not self.data.whole and self.plan is None:
            raise senseless("a window or a choice of clinics needs a plan: it says which visit is the primary", "plan")
        return self


class Exports(Part):
    """The whole file. Paths are as written: ``place`` resolves them from the folder of the file."""

    _base: Path = PrivateAttr(default_factory=Path)
    _rules: dict[str, Rule] = PrivateAttr(default_factory=dict)

    timezone: str = "UTC"
    store: str
    state: str
    mail: MailServer | None = None
    budget_minutes: float = Field(30, ge=0, le=24 * 60)
    exports: tuple[Export, ...] = Field(min_length=1)

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            near = nearest(value, available_timezones())
            raise ValueError(f"must be a time zone like Europe/Rome{near}") from None
        return value

    @model_validator(mode="after")
    def _sense(self) -> Exports:
        names = [one.name for one in self.exports]
        for number, one in enumerate(self.exports):
            if one.name in names[:number]:
                raise senseless("two exports have this name", "exports", number, "name")
            mails = [n for n, to in enumerate(one.deliver) if to.to == "mail"]
            if self.mail is None and mails:
                raise senseless("mail needs a mail server: name it under mail:", "exports", number, "deliver", mails[0])
            if self.mail is None and one.on_problem is not None:
                raise senseless("a mail server is needed: name it under mail:", "exports", number, "on_problem")
        return self

    @property
    def base(self) -> Path:
        return self._base

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def place(self, text: str | Path) -> Path:
        """A path of the file: from its folder, ``~`` being the home of the person."""
        return Path(os.path.normpath(self._base / Path(text).expanduser()))

    @property
    def state_folder(self) -> Path:
        return self.place(self.state)

    @property
    def store_folder(self) -> Path:
        return self.place(self.store)

    def rule(self, export: Export) -> Rule:
        """The rule by which its dates come, holidays read."""
        return self._rules[export.name]

    def local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.zone)
