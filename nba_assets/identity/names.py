"""How providers spell a player's name, and the keys under which two spellings are one. Who bears a name is the registry's."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})

# Letters that Unicode does not decompose, as the NBA's own pages write them in plain ASCII.
_PLAIN = str.maketrans(
    {
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "ł": "l",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ħ": "h",
        "ŋ": "n",
        "ŧ": "t",
        "ə": "a",  # Azerbaijani
    }
)

# Bytes of UTF-8 that were read as Windows-1252, or as Latin-1 where that leaves a byte undefined.
_BYTES = {chr(byte): byte for byte in range(0x80, 0x100)}
for _byte in range(0x80, 0xA0):
    _BYTES.setdefault(bytes([_byte]).decode("cp1252", errors="replace"), _byte)
_BYTES.pop("\N{REPLACEMENT CHARACTER}", None)
_TRAILING = "".join(re.escape(char) for char, byte in _BYTES.items() if byte < 0xC0)
_MISREAD = re.compile(f"[\xc2-\xdf][{_TRAILING}]|[\xe1\xe2][{_TRAILING}]{{2}}")
_ABBREVIATED = re.compile(r"[^\W\d_](?:\.|[^\W\d_]{1,3}\.)?")


class Name(NamedTuple):
    """One spelling, taken apart. All but `tokens` are folded to a-z and 0-9."""

    lookup: str  # suffix kept
    bare: str  # without suffix
    suffix: str  # "" where there is none
    words: tuple[str, ...]  # without suffix, in reading order
    tokens: tuple[str, ...]  # the same words as they were written

    @property
    def family(self) -> str:
        """All after the first word."""
        return "".join(self.words[1:])

    @property
    def given(self) -> str:
        """The first word."""
        return self.words[0] if self.words else ""

    @property
    def initials(self) -> str:
        """The first word where it is a short form: "s" of "S. Curry" or "S Curry", "ja" of "Ja. Green"."""
        has_family = len(self.words) > 1
        return self.given if has_family and _ABBREVIATED.fullmatch(self.tokens[0]) else ""

    @property
    def reversals(self) -> tuple["Name", ...]:
        """The name read family first: "Murray Dejounte", "Caldwell Pope Kentavious"."""
        if len(self.tokens) < 2:
            return ()
        first, last = self.tokens[0], self.tokens[-1]
        orders = ((last, *self.tokens[:-1]), (*self.tokens[1:], first))
        read = (read_name(" ".join((*order, self.suffix)).strip()) for order in orders)
        return tuple(dict.fromkeys(read))

    def may_be(self, other: "Name") -> bool:
        """Whether the suffixes allow one man: equal, or one of them left out. A Jr. is no III."""
        return self.suffix == other.suffix or not self.suffix or not other.suffix


def player_lookup(name: str) -> str:
    """Name in reading order, without diacritics, lower case, only a-z and 0-9; a suffix stays.

    >>> player_lookup("Dāvis Bertāns Jr.")
    'davisbertansjr'
    >>> player_lookup("Porter Jr., Michael")
    'michaelporterjr'
    """
    return _fold(_in_reading_order(mended(name)))


def mended(name: str) -> str:
    r"""The name with UTF-8 that was decoded as Windows-1252 or Latin-1 decoded as UTF-8.

    Only what becomes a Latin letter or sign, an accent, a quotation mark or a dash is touched; what
    was mis-decoded twice is decoded twice.

    >>> mended("VuÄ\u008deviÄ\u0087")
    'Vučević'
    """
    # Each round makes the text shorter.
    while (better := _MISREAD.sub(_decoded, name)) != name:
        name = better
    return name


@lru_cache(maxsize=20_000)  # a season's spellings: about 2,000 over all providers
def read_name(name: str) -> Name:
    """A provider's spelling taken apart."""
    text = _in_reading_order(mended(name))
    tokens = tuple(token for token in text.split() if _fold(token))
    suffix = _fold(tokens[-1]) if len(tokens) > 2 and _is_suffix(tokens[-1]) else ""
    kept = tokens[:-1] if suffix else tokens
    words = tuple(_fold(token) for token in kept)
    return Name(_fold(text), "".join(words), suffix, words, kept)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).lower().translate(_PLAIN)
    return re.sub(r"[^a-z0-9]", "", plain)


def _is_suffix(word: str) -> bool:
    return _fold(word) in SUFFIXES


def _in_reading_order(name: str) -> str:
    """Turns "Porter Jr., Michael" and "Porter, Michael Jr." round; "Michael Porter, Jr." needs no turn."""
    parts = [part.strip() for part in name.split(",") if part.strip()]
    # A lone V after a comma is an initial rather than a fifth.
    suffixes = [part for part in parts[1:] if _is_suffix(part) and _fold(part) != "v"]
    names = [part for part in parts if part not in suffixes]
    if len(names) == 2:
        family, given = names
        head, _, tail = given.rpartition(" ")
        if head and _is_suffix(tail):
            given, suffixes = head, [tail, *suffixes]
        names = [given, family]
    return " ".join((*names, *suffixes))


def _decoded(misread: re.Match[str]) -> str:
    try:
        char = bytes(_BYTES[c] for c in misread[0]).decode()
    except UnicodeDecodeError:
        return misread[0]
    is_latin = char.isalpha() and "LATIN" in unicodedata.name(char, "")
    is_mark = unicodedata.category(char) in ("Mn", "Pd", "Pi", "Pf")
    # What was mis-decoded twice is in the first round a misread byte again.
    return char if is_latin or is_mark or char in _BYTES else misread[0]
