"""Spellings that no rule folds into one: nicknames, legal names, transliterations. Data, read from CSV."""

import csv
from collections.abc import Iterable
from pathlib import Path

from nba_assets.identity.names import Name, read_name

COLUMNS = ["alias", "name", "note"]
PACKAGED = Path(__file__).with_name("aliases.csv")


class Aliases:
    """Pairs of (alias, name), each in any spelling that folds to the same. Of one alias the last pair holds.

    A pair says that both spell one person, whichever of them the NBA prints.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        meant = {read_name(alias).lookup: (alias, name) for alias, name in pairs}
        # Both by the spelling without suffix: "Ron Holland" is "Ronald Holland II".
        self._by_alias: dict[str, list[tuple[Name, Name]]] = {}
        self._by_name: dict[str, list[tuple[Name, Name]]] = {}
        for pair in meant.values():
            alias, name = read_name(pair[0]), read_name(pair[1])
            self._by_alias.setdefault(alias.bare, []).append((alias, name))
            self._by_name.setdefault(name.bare, []).append((alias, name))

    def others(self, spelling: Name) -> tuple[Name, ...]:
        """What else the bearer of a spelling is called; nothing where no pair names it."""
        names = [n for alias, n in self._by_alias.get(spelling.bare, ()) if alias.may_be(spelling)]
        aliases = [
            alias
            for name in names or [spelling]
            for alias, meant in self._by_name.get(name.bare, ())
            if meant.may_be(name)
        ]
        return tuple(o for o in dict.fromkeys((*names, *aliases)) if o.lookup != spelling.lookup)


def load_aliases(*paths: Path) -> Aliases:
    """The packaged table, then the user's files in the order given; a file that is not there has none.

    Raises:
        ValueError: naming file and line, where a row is not an alias and a name.
    """
    return Aliases(pair for path in (PACKAGED, *paths) if path.exists() for pair in _pairs(path))


def _pairs(path: Path) -> list[tuple[str, str]]:
    seen: dict[str, tuple[str, int]] = {}
    pairs = []
    try:
        # Excel begins UTF-8 with a mark.
        lines = csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), strict=True)
        header = next(lines, [])
        if header != COLUMNS:
            raise ValueError(f"line 1: the columns are {','.join(COLUMNS)}, found {header}")
        for row in lines:
            if not row:
                continue
            alias, name = _pair(row, lines.line_num)
            meant, line = seen.setdefault(alias, (name, lines.line_num))
            if meant != name:
                raise ValueError(
                    f"line {lines.line_num}: {row[0]!r} is {row[1]!r} here and another on line {line}"
                )
            pairs.append((row[0], row[1]))
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: no CSV in UTF-8: {error}") from error
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
    return pairs


def _pair(row: list[str], line: int) -> tuple[str, str]:
    if len(row) != len(COLUMNS):
        raise ValueError(f"line {line}: {len(COLUMNS)} columns expected, found {row}")
    alias, name = read_name(row[0]).lookup, read_name(row[1]).lookup
    if not alias or not name:
        raise ValueError(f"line {line}: alias and name each need a letter of a-z, found {row}")
    if alias == name:
        raise ValueError(f"line {line}: {row[0]!r} and {row[1]!r} fold to the same, {alias!r}")
    return alias, name
