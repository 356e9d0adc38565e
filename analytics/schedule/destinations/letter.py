"""The mails themselves: headers that no text can break out of, a short body, the report's files as attachments."""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP

from analytics.schedule.destinations.models import MailTo
from analytics.schedule.destinations.parcel import Parcel, Refused

POLICY = SMTP.clone(cte_type="7bit")  # not every server takes eight bits
LONGEST_SUBJECT = 180  # characters
TYPES = {
    "html": ("text", "html"),
    "pdf": ("application", "pdf"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def one_line(text: str) -> str:
    """A text fit for a header: no control characters, line ends or invisible marks, one space at a time, cut."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else c for c in text)
    short = " ".join(kept.split())
    return short if len(short) <= LONGEST_SUBJECT else f"{short[:LONGEST_SUBJECT]}..."


def note(sender: str, recipient: str, subject: str, text: str, *, identity: str) -> EmailMessage:
    """A mail of plain text. ``identity``: what the Message-ID is made from; equal mails have equal ones."""
    message = EmailMessage(policy=POLICY)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = one_line(subject)
    message["Date"] = email.utils.formatdate(usegmt=True)
    made = hashlib.sha256(f"{identity}\n{recipient}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{made}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def letter(
    parcel: Parcel, files: Mapping[str, bytes], to: MailTo, *, sender: str, recipient: str, label: str
) -> EmailMessage:
    """The mail that brings a report. Refused where a format to attach is not among its files."""
    attached = attachments(files, to.attach, label=label)
    message = note(sender, recipient, subject(parcel, to.subject), _body(parcel, attached), identity=parcel.key)
    for name in attached:
        main, sub = TYPES[name.rpartition(".")[2]]
        message.add_attachment(files[name], maintype=main, subtype=sub, filename=f"{parcel.name}-{name}")
    return message


def attachments(files: Mapping[str, bytes], formats: Sequence[str], *, label: str) -> list[str]:
    """The report's documents in the formats asked for: those at the top of its folder."""
    found = []
    for wanted in formats:
        names = [name for name in files if "/" not in name and name.endswith(f".{wanted}")]
        if not names:
            raise Refused(f"{label}: this report has no {wanted} to attach.", fix=f"add {wanted} to its format")
        found += names
    return found


def subject(parcel: Parcel, template: str) -> str:
    return template.format(title=parcel.title, headline=parcel.headline, export=parcel.export, date=_day(parcel.due))


def _body(parcel: Parcel, attached: Sequence[str]) -> str:
    lines = [one_line(parcel.title), "", one_line(parcel.headline), ""]
    lines += [f"Report of {_day(parcel.due)}, export {one_line(parcel.export)}."]
    lines += (
        [f"Attached: {', '.join(attached)}."]
        if attached
        else ["Nothing is attached; the report lies where it is kept."]
    )
    lines += [
        "",
        "Sent by the scheduled export; nobody reads answers to this address.",
        f"Receipt: {parcel.manifest_sha256}",
    ]
    return "\n".join(lines) + "\n"


def _day(due: dt.datetime) -> str:
    return due.date().isoformat()
