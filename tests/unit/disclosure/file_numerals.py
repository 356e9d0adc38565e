"""The numerals of a delivered file that stand nowhere in the blocks of its report: an orphan may be an exact count."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import nbformat
import openpyxl
import pdf_read
from read_back import docx_text, html_texts, xlsx_text
from told_numerals import alternative_numerals, drawing_numerals, numerals, story_numerals, told_numbers

from analytics.domain.block import Number
from analytics.reports.formats.pdf_story import about
from analytics.reports.story import Story, figures, plain, story
from analytics.show.numbers import JOIN, turn

SHOWN = ("alt", "title", "aria-label", "descr", "content", "value", "lang")  # attributes that say something to a reader
CSV = "data:text/csv"
HEX = re.compile(r"\b[0-9a-f]{12,64}\b")  # hashes and run ids, which are compared apart
Numerals = Counter[str]


class Report:
    """One report of an outside copy: its blocks, as the notebook tells them, and what else may be told beside them."""

    def __init__(self, files: Mapping[str, bytes], stem: str) -> None:
        self.files, self.stem = files, stem
        self.story: Story = story(nbformat.reads(files[f"{stem}.ipynb"].decode(), 4))
        self.blocks = story_numerals(self.story)
        self.drawn = drawing_numerals(self.story)
        facts = [files[name].decode() for name in ("run/facts.json", "run/plan.yml", "run/plan.json")]
        self.known = {
            *self.blocks,
            *self.drawn,
            *alternative_numerals(self.story),
            *numerals(HEX.sub("", " ".join(facts))),
        }

    def body(self, ending: str) -> tuple[Numerals, Numerals]:
        """(numerals of the blocks that the file lacks, those that it has besides), what the format adds cut."""
        content = self.files[f"{self.stem}.{ending}"]
        if ending == "html":
            words, drawn = html_texts(content)
            found, expected = numerals(words) + numerals(drawn), self.blocks + self.drawn
        elif ending == "pdf":
            pages = page_texts(content)
            found, expected = _mended(numerals("\n".join(pages)), self.blocks), self.blocks
            allowed = {*map(str, range(1, len(pages) + 1)), *self._headings()}
            return expected - found, Counter({n: c for n, c in (found - expected).items() if n not in allowed})
        else:
            found, expected = numerals({"docx": docx_text, "xlsx": xlsx_text}[ending](content)), self.blocks
        return expected - found, found - expected

    def _headings(self) -> Numerals:
        """What the appendix of a PDF says again."""
        texts = [*(plain(one.runs) for one in self.story.headings), *(plain(about(f)) for f in figures(self.story))]
        return numerals("\n".join(texts))

    def strangers(self, ending: str) -> list[str]:
        """Numerals anywhere in the file, cut or not, that neither the blocks nor the plan and the facts tell."""
        content = self.files[f"{self.stem}.{ending}"]
        text = HEX.sub("", "\n".join(EVERYTHING[ending](content)))
        pages = len(page_texts(content)) if ending == "pdf" else 1
        own = {*map(str, range(1, max(pages, 6) + 1)), *self.known}
        own |= {part for one in own if one.count(".") == 1 and len(one) > 9 for part in one.split(".")}
        own |= {one.lstrip("+-") for one in own} | {plainly(one) for one in own}
        return sorted({one for one in numerals(text) if one not in own and plainly(one.lstrip("-")) not in own})

    def finer(self, values: Mapping[str, float]) -> list[Any]:
        """Numbers in cells of the workbook that no told number is: digits behind what is shown."""
        allowed = {abs(round(v, 9)) for v in _exactly(told_numbers(self.story), values)}
        allowed |= {abs(float(plainly(n))) for n in self.known if plainly(n)}
        book = openpyxl.load_workbook(io.BytesIO(self.files[f"{self.stem}.xlsx"]))
        cells = [cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        found = [v for v in cells if isinstance(v, (int, float)) and not isinstance(v, bool)]
        return sorted({v for v in found if round(abs(v), 9) not in allowed})


def _mended(found: Numerals, expected: Numerals) -> Numerals:
    """Addresses of papers that a line's end has broken at their point, whole again."""
    for whole in expected - found:
        parts = Counter(whole.split("."))
        if not parts - found:
            found = found - parts + Counter([whole])
    return found


@cache
def page_texts(content: bytes) -> tuple[str, ...]:
    return tuple(pdf_read.page_texts(content))


def plainly(numeral: str) -> str:
    """Without the marks of thousands and zeros at the end."""
    text = numeral.replace(",", "").lstrip("+")
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return ""


def _exactly(told: list[Number], values: Mapping[str, float]) -> Iterator[float]:
    """Each told result as its row and its steps make it, before it is rounded for reading."""
    for one in told:
        cells = [values.get(ref, float("nan")) for ref in one.ref.split(JOIN)] if one.kind == "R" else []
        if cells and all(cell == cell for cell in cells):
            yield float(turn(cells, one.transform.split()[:-1]))


def _saved(link: str) -> str:
    return unquote(link.partition(",")[2])


class _Everything(HTMLParser):
    """Words and attributes that are told, and the tables to save."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quiet += tag in ("style", "script")
        for name, value in attrs:
            if value and name in SHOWN and not (tag == "meta" and "width=" in value) and "-src" not in value:
                self.found.append(value)
            elif value and value.startswith(CSV):
                self.found += [cell for row in csv.reader(io.StringIO(_saved(value))) for cell in row]

    def handle_endtag(self, tag: str) -> None:
        self.quiet -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.quiet:
            self.found.append(data)


def _html(content: bytes) -> list[str]:
    page = _Everything()
    page.feed(content.decode())
    return page.found


def _office(content: bytes) -> list[str]:
    """Text of every part, headers, footers, properties and names of sheets too; attributes that are read out."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            if not name.endswith(".xml") or "style" in name or "theme" in name or "/settings" in name:
                continue
            for node in ET.fromstring(packed.read(name)).iter():
                kind = node.tag.rpartition("}")[2]
                if node.text and kind in TEXTS:
                    found.append(node.text)
                found += [value for key, value in node.attrib.items() if key.rpartition("}")[2] in SHOWN[:4]]
    return found


# Words of a document and of a workbook; values of cells are looked at one by one (``Report.finer``).
TEXTS = ("t", "title", "subject", "creator", "keywords", "description", "category", "lastModifiedBy", "lpwstr")


def _pdf(content: bytes) -> list[str]:
    with pdf_read.opened(content) as pdf:
        told = [str(value) for key, value in pdf.docinfo.items() if "Date" not in key and "Producer" not in key]
        alts = [str(tag.Alt) for tag in pdf_read.tags(pdf) if "/Alt" in tag]
    return [*page_texts(content), *told, *alts]


EVERYTHING = {"html": _html, "docx": _office, "xlsx": _office, "pdf": _pdf}


def notebook_texts(content: bytes) -> str:
    """Every output and every cell of a notebook that a reader sees, as text."""
    found = []
    for cell in json.loads(content)["cells"]:
        for output in cell.get("outputs", ()):
            found += ["".join(part) for mime, part in output.get("data", {}).items() if mime.startswith("text/")]
    return "\n".join(found)
