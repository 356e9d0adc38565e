"""The mapping: how one clinic's columns, texts, units and scales become ours; and the arms and outcomes it adds."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    ValidationInfo,
    field_validator,
    model_validator,
)

from analytics.domain.documents import dump, plain, read_document, validated
from analytics.domain.matching import collisions
from analytics.domain.yaml_text import Place
from schemas.changes import RuleChanges
from schemas.vocabulary import DOMAINS, Vocabulary

#: Python's codecs that are none of a file: they would turn backslashes in a cell into other characters.
NO_ENCODINGS = ("unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined")
QUALIFIERS = ("visit", "study_day", "side", "body_site", "treatment")
Kind = Literal["continuous", "positive", "count", "percent", "ordinal", "binary"]


class Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True, coerce_numbers_to_str=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _plain(cls, value: Any, info: ValidationInfo) -> Any:
        return plain(cls.model_fields[str(info.field_name)].annotation, value)


def _texts(value: Any) -> Any:
    """One text or a list of texts as a list; true and false were texts in the file."""
    items = value if isinstance(value, (list, tuple)) else [value]
    if any(item is None for item in items):
        raise ValueError(
            "an empty entry or null is not a text: put it in quotes, or leave it out (empty cells are missing)"
        )
    return [str(item).lower() if isinstance(item, bool) else item for item in items]


def _many(value: Any) -> Any:
    """``Header`` and ``{from: Header}`` are short for a list of one entry."""
    items = value if isinstance(value, (list, tuple)) else [value]
    return [{"from": item} if isinstance(item, (str, int, float)) else item for item in items]


class Reading(Part):
    """How the texts of one column become our values."""

    values: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    unit: str | None = None
    scale: tuple[float, float] | None = None
    reverse: StrictBool = False
    missing: tuple[str, ...] = ()

    @field_validator("values", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        return {key: _texts(texts) for key, texts in value.items()} if isinstance(value, dict) else value

    @field_validator("missing", mode="before")
    @classmethod
    def _missing(cls, value: Any) -> Any:
        return _texts(value)

    @field_validator("values")
    @classmethod
    def _once(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for text, first, second in collisions(value):
            raise ValueError(f"the text {text!r} stands under {first} and under {second}: keep one")
        return value

    @field_validator("scale")
    @classmethod
    def _span(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and value[0] >= value[1]:
            raise ValueError(
                "scale goes from its lowest to its highest value, like [0, 10]; reverse: true turns it round"
            )
        return value


class Entry(Reading):
    """Where one value of ours stands in the file. With a qualifier it is one of several columns per line."""

    source: str | None = Field(None, alias="from")
    row_number: StrictBool = False
    format: str | None = None
    visit: float | None = None
    study_day: float | None = None
    side: str | None = None
    body_site: str | None = None
    treatment: str | None = None

    @model_validator(mode="after")
    def _place(self) -> Entry:
        if (self.source is None) == (not self.row_number):
            raise ValueError(
                "name the column of the file with from: (only patient_id may say row_number: true instead)"
            )
        return self

    @property
    def qualifiers(self) -> dict[str, Any]:
        """What the entry says beyond its value: visit, study_day, side, body_site, treatment."""
        return {name: getattr(self, name) for name in QUALIFIERS if getattr(self, name) is not None}


class Covariate(Entry):
    """An extra column that a plan may name. ``ordinal`` is analysed as a category."""

    kind: Literal["continuous", "ordinal", "category"]
    label: str = ""


class Arm(Part):
    """An extra arm."""

    label: str
    short_label: str = ""
    definition: str = ""
    course_days: tuple[int, int] | None = None


class OutcomeEntry(Reading):
    """An extra outcome; or, for one of ours in a long file, how its values are to be read."""

    label: str = ""
    short_label: str = ""
    domain: str | None = None
    kind: Kind | None = None
    range: tuple[float | None, float | None] | None = None
    step: float | None = Field(None, gt=0)
    direction: Literal["lower", "higher", "none"] | None = None
    baseline: Literal["before", "none"] = "before"
    definition: str = ""
    method: str | None = None
    meaningful_difference: dict[str, float] = Field(default_factory=dict)
    responder_change: float | None = Field(None, gt=0)

    @field_validator("domain")
    @classmethod
    def _domain(cls, value: str | None) -> str | None:
        if value is not None and value not in DOMAINS:
            raise ValueError(f"the domain must be one of {', '.join(DOMAINS)}; found {value!r}")
        return value


class TableMapping(Part):
    """How one table of a file is read."""

    sheet: str | None = None
    header_row: int = Field(1, ge=1, le=1000)
    decimal: Literal[".", ","] = "."
    separator: str | None = None
    encoding: str | None = None
    missing: tuple[str, ...] = ()
    replicates: Literal["conflict", "mean"] = "conflict"
    columns: dict[str, tuple[Entry, ...]] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)

    @field_validator("columns", mode="before")
    @classmethod
    def _entries(cls, value: Any) -> Any:
        return {name: _many(entry) for name, entry in value.items()} if isinstance(value, dict) else value

    @field_validator("missing", mode="before")
    @classmethod
    def _missing(cls, value: Any) -> Any:
        return _texts(value)

    @field_validator("separator")
    @classmethod
    def _separator(cls, value: str | None) -> str | None:
        named = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
        value = named.get(value, value) if value is not None else None
        if value is not None and (len(value) != 1 or value in "\"'\r\n" or value.isalnum()):
            raise ValueError("separator must be one character, like ; or , or | or tab")
        return value

    @field_validator("encoding")
    @classmethod
    def _encoding(cls, value: str | None) -> str | None:
        import codecs

        try:
            known = codecs.lookup(value) if value is not None else None
            text = known is None or (known._is_text_encoding and known.name not in NO_ENCODINGS)
        except LookupError:
            text = False
        if not text:
            raise ValueError(f"the encoding {str(value)[:60]!r} is not known; usual are utf-8, windows-1252 and utf-16")
        return value


class OtherTable(TableMapping):
    """Another table of the same clinic: in its own file beside the sessions, or on another sheet of the workbook."""

    file: str | None = None

    @field_validator("file")
    @classmethod
    def _inside(cls, value: str | None) -> str | None:
        if value is not None and (
            not value.strip()
            or Path(value).is_absolute()
            or ".." in Path(value).parts
            or "\\" in value
            or "\0" in value
        ):
            raise ValueError(
                "a file must lie beside the sessions file or below it; found a path that leaves the folder"
            )
        return value


class Mapping(TableMapping):
    """A clinic's mapping. ``vocabulary(base)`` checks every name against our words and adds the mapping's own."""

    shape: Literal["wide", "long"] = "wide"
    patient_ids: Literal["clinic", "chain"] = "clinic"
    covariates: dict[str, tuple[Covariate, ...]] = Field(default_factory=dict)
    treatments: dict[str, Arm] = Field(default_factory=dict)
    outcomes: dict[str, OutcomeEntry] = Field(default_factory=dict)
    tables: dict[Literal["patients", "consultations", "adverse_events"], OtherTable] = Field(default_factory=dict)
    rules: dict[str, Any] = Field(default_factory=dict)

    _lines: dict[Place, int] = PrivateAttr(default_factory=dict)
    _name: str = PrivateAttr(default="The mapping")

    @field_validator("covariates", mode="before")
    @classmethod
    def _covariates(cls, value: Any) -> Any:
        return {name: _many(entry) for name, entry in value.items()} if isinstance(value, dict) else value

    @field_validator("rules", mode="before")
    @classmethod
    def _rules(cls, value: Any) -> Any:
        from analytics.domain.mapping_rules import plain_rules

        return plain_rules(value)

    @property
    def changes(self) -> RuleChanges:
        """What the mapping changes in the rules, for its own files."""
        from analytics.domain.mapping_rules import rule_changes

        return rule_changes(self.rules)

    def vocabulary(self, base: Vocabulary) -> Vocabulary:
        """``base`` with the arms, outcomes, covariates and rules of this mapping. PlanRefused for wrong names."""
        from analytics.domain.mapping_words import vocabulary_of

        return vocabulary_of(self, base)

    def canonical(self) -> str:
        """Canonical YAML: what is hashed and kept with a run. Keys in the order of the model; no defaults."""
        return dump(self.model_dump(mode="json", by_alias=True, exclude_defaults=True))


def load_mapping(source: str | Path | MappingType[str, Any] | Mapping) -> Mapping:
    """A mapping from a YAML file, its text, a dict or a Mapping. Raises PlanRefused: line, place, nearest key."""
    if isinstance(source, Mapping):
        return source
    if isinstance(source, MappingType):
        return validated(dict(source), Mapping, name="The mapping", lines={})
    mapping, lines, name = read_document(source, Mapping, what="the mapping")
    mapping._lines, mapping._name = lines, name
    return mapping
