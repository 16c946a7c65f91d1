"""What bookmakers offered as of an instant."""

from datetime import timedelta

import pandas as pd

from nba_assets_tests.precompute.oracle.raw import Raw, Values, lower_median

APART = timedelta(minutes=60)
# Of equal prices the first of these is taken; Caesars' key at the provider is its old name.
PREFERRED = ("draftkings", "fanduel", "betmgm", "caesars", "williamhill_us", "bet365")
NOTHING: Values = dict.fromkeys(
    (
        "points_line", "line_books", "line_lowest", "line_highest", "over_decimal", "over_book",
        "under_decimal", "under_book", "line_observed_at", "opening_line", "line_move",
    )
)  # fmt: skip


class Lines:
    """Lines of players and games."""

    def __init__(self, raw: Raw) -> None:
        self._props = dict(list(raw.player_prop_lines.groupby(["game_id", "player_id"])))
        self._none = raw.player_prop_lines.iloc[:0]
        self._game_lines = raw.game_lines

    def of_player(self, game: str, player: str, cutoff_at: pd.Timestamp) -> Values:
        """The consensus of the game's newest capture, the best prices at it, and how it moved."""
        seen = self._props.get((game, player), self._none)
        seen = seen[seen["observed_at"] <= cutoff_at]
        newest = seen[~(seen["superseded_at"] <= cutoff_at)]
        if newest.empty:
            return dict(NOTHING)
        line = lower_median(newest["line"])
        at_line = newest[newest["line"] == line]
        over, over_book = _best(at_line, "over_decimal")
        under, under_book = _best(at_line, "under_decimal")
        opening = _opening(seen)
        return {
            "points_line": line,
            "line_books": len(newest),
            "line_lowest": float(newest["line"].min()),
            "line_highest": float(newest["line"].max()),
            "over_decimal": over,
            "over_book": over_book,
            "under_decimal": under,
            "under_book": under_book,
            "line_observed_at": at_line["observed_at"].max(),
            "opening_line": opening,
            "line_move": None if line is None or opening is None else line - opening,
        }

    def of_game(self, game: str, team: str, cutoff_at: pd.Timestamp) -> Values:
        """Spread from the team's view, total, what the team is expected to score, and the moves."""
        rows = self._game_lines
        seen = rows[(rows["game_id"] == game) & (rows["observed_at"] <= cutoff_at)]
        spreads = seen[(seen["market"] == "spreads") & (seen["side"] == team)]
        totals = seen[(seen["market"] == "totals") & (seen["side"] == "over")]
        spread, total = (
            lower_median(_newest(spreads)["line"]),
            lower_median(_newest(totals)["line"]),
        )
        first_spread, first_total = _opening(spreads), _opening(totals)
        return {
            "game_spread": spread,
            "game_total": total,
            "implied_points": None if spread is None or total is None else (total - spread) / 2,
            "opening_spread": first_spread,
            "spread_move": _move(spread, first_spread),
            "opening_total": first_total,
            "total_move": _move(total, first_total),
        }


def _move(now: float | None, first: float | None) -> float | None:
    return None if now is None or first is None else now - first


def _newest(seen: pd.DataFrame) -> pd.DataFrame:
    """Each book's newest row."""
    return seen.sort_values("observed_at").groupby("book").tail(1)


def _opening(seen: pd.DataFrame) -> float | None:
    """Lower median of the first lines of the books that were seen twice, an hour or more apart."""
    firsts = []
    for _, rows in seen.groupby("book"):
        if rows["observed_at"].max() - rows["observed_at"].min() >= APART:
            firsts.append(rows.sort_values("observed_at")["line"].iloc[0])
    return lower_median(pd.Series(firsts, dtype=float))


def _best(offers: pd.DataFrame, price: str) -> tuple[float, str]:
    """The highest price and the book that pays it."""
    best = offers[offers[price] == offers[price].max()]
    ranked = sorted(
        best["book"],
        key=lambda book: (PREFERRED.index(book) if book in PREFERRED else len(PREFERRED), book),
    )
    return float(best[price].iloc[0]), str(ranked[0])
