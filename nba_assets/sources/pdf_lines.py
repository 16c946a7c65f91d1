"""The words of a PDF as lines with their positions; a damaged file is an error, never fewer words.

What the lines mean is said where a report is modelled.
"""

import io
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import pdfplumber
from pdfminer.pdftypes import PDFStream

# Of the font size: the words of both reports stand a quarter of it apart, letters do not.
_WORD_GAP = 0.15
_SAME_LINE = 2.0  # points between the tops of words that stand on one line
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF[\s\x00]*\Z")
_INDEX = re.compile(rb"\s*(xref\b|\d+\s+\d+\s+obj\b)")


class Word(NamedTuple):
    """A word and its box in points, measured from the upper left corner of the page."""

    text: str
    x0: float
    x1: float
    top: float
    height: float


class Line(NamedTuple):
    """Words that stand at one height, from left to right; pages and lines count from 1."""

    page: int
    number: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def where(self) -> str:
        return f"page {self.page}, line {self.number}"

    def error(self, what: str) -> ValueError:
        """What is wrong with this line, and what it says."""
        return ValueError(f"{self.where}: {what}: {self.text!r}")


def pages_of(body: bytes) -> list[list[Line]]:
    """The lines of each page, from top to bottom.

    Raises:
        ValueError: where the body is no PDF, lacks a part, or has a page without any word.
    """
    _check_ends(body)
    pages = _unless_damaged(lambda: [_lines(i, words) for i, words in enumerate(_read(body), 1)])
    if not pages:
        raise ValueError("the PDF is damaged: it has no page")
    for number, lines in enumerate(pages, start=1):
        if not lines:
            raise ValueError(f"the PDF is damaged: page {number} of {len(pages)} has no words")
    return pages


def _check_ends(body: bytes) -> None:
    if not body.startswith(b"%PDF-"):
        raise ValueError(f"the body is not a PDF: it begins with {body[:16]!r}")
    end = _END.search(body, max(0, len(body) - 1024))
    if not end:
        raise ValueError(
            f"the PDF is damaged: {len(body):,} bytes that do not end with startxref and %%EOF"
        )
    declared = int(end[1])
    if declared >= len(body):
        raise ValueError(
            f"the PDF is damaged: declared end {declared:,}, length {len(body):,} bytes"
        )
    if not _INDEX.match(body, declared):
        raise ValueError(f"the PDF is damaged: no index of objects at byte {declared:,}")


def _unless_damaged(read: Callable[[], list[list[Line]]]) -> list[list[Line]]:
    try:
        return read()
    except _Damage as damage:
        raise ValueError(f"the PDF is damaged: {damage}") from None
    # The library has no one error for a file it cannot read: KeyError, TypeError and its own.
    except Exception as error:
        raise ValueError(f"the PDF is damaged: {type(error).__name__} {error}".rstrip()) from error


class _Damage(Exception):  # noqa: N818
    """A part of the file that cannot be read."""


def _read(body: bytes) -> Iterator[list[Word]]:
    with pdfplumber.open(io.BytesIO(body)) as pdf:
        if pdf.doc.encryption is not None:
            raise _Damage("it is encrypted")
        for index in pdf.doc.xrefs:
            for number in index.get_objids():
                _check_stream(number, pdf.doc.getobj(number))
        for page in pdf.pages:
            yield [
                Word(w["text"], w["x0"], w["x1"], w["top"], w["bottom"] - w["top"])
                for w in page.extract_words(x_tolerance_ratio=_WORD_GAP)
            ]


def _check_stream(number: int, found: object) -> None:
    """The library reads a stream that breaks off as far as it goes and says nothing."""
    if not isinstance(found, PDFStream) or not found.rawdata:
        return
    filters = [str(getattr(name, "name", name)) for name, _ in found.get_filters()]
    if filters[:1] not in (["FlateDecode"], ["Fl"]):
        return
    inflating = zlib.decompressobj()
    try:
        inflating.decompress(found.rawdata)
    except zlib.error as error:
        raise _Damage(f"the stream of object {number} does not inflate: {error}") from error
    if not inflating.eof:
        raise _Damage(f"the stream of object {number} breaks off")


def _lines(page: int, words: Sequence[Word]) -> list[Line]:
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.top):
        if rows and word.top - rows[-1][0].top <= _SAME_LINE:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [
        Line(page, number, tuple(sorted(row, key=lambda word: word.x0)))
        for number, row in enumerate(rows, start=1)
    ]


def check_footer(line: Line, pages: int) -> None:
    """Hold a page's last line to "Page 1 of 3": one that was left out shows in the others.

    Raises:
        ValueError: where it says anything else.
    """
    if line.text != f"Page {line.page} of {pages}":
        raise line.error(f'the last line is not "Page {line.page} of {pages}"')


def printed_date(text: str, line: Line) -> date:
    """The date of MM/DD/YYYY.

    Raises:
        ValueError: where the text is none, naming the line.
    """
    day = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    if not day:
        raise line.error(f"the game date {text!r} is not MM/DD/YYYY")
    try:
        return date(int(day[3]), int(day[1]), int(day[2]))
    except ValueError as error:
        raise line.error(f"the game date {text!r}: {error}") from error
