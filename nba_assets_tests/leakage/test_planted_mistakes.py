"""One bound too wide, anywhere in the SQL of before the games, and a test here turns red."""

import pyarrow as pa
import pytest

from nba_assets.warehouse.sql import SqlLintError
from nba_assets_tests.leakage.chain import Chain, pregame, queries
from nba_assets_tests.leakage.planted import Mistake, mistakes
from nba_assets_tests.warehouse.small_league import DATES

_OWES_NOTHING = (
    "a first published date of tonight owes no game: those that are owed lie before tonight"
)
_STARTS_TONIGHT = "a stint that begins tonight has no game before tonight"
_EARLIER_SEASON = "the rows are of an earlier season: none of them is of tonight"
# Mistakes that change no row, whatever the rows, and why.
EQUIVALENT = {
    "analytics.player_availability: p.game_date < t.game_date → p.game_date <= t.game_date": _OWES_NOTHING,
    "analytics.player_availability: r.observed_at <= s.cutoff_at → TRUE (3)": (
        "a roster that came too late names men whom the join below leaves without a source; they go"
    ),
    "analytics.upcoming_team_game_context: published_dates.game_date < dates.game_date"
    " → published_dates.game_date <= dates.game_date": _OWES_NOTHING,
    "analytics.upcoming_player_game_context: h.game_date < t.game_date → h.game_date <= t.game_date (2)": (
        _EARLIER_SEASON
    ),
    "analytics.upcoming_player_game_context: s.from_date < f.game_date → s.from_date <= f.game_date": (
        _STARTS_TONIGHT
    ),
    "analytics.upcoming_player_game_context: s.next_from_date >= f.game_date"
    " → s.next_from_date > f.game_date (2)": (
        "a stint that ends tonight holds his newest game, so that its last date is in his window"
    ),
    "precompute.player_shot_zone_analysis: stints.first_date < t.game_date → stints.first_date <= t.game_date": (
        _STARTS_TONIGHT
    ),
    "precompute.player_daily_cache: e.newest_box_date < s.game_date → e.newest_box_date <= s.game_date": (
        _EARLIER_SEASON
    ),
    "precompute.player_daily_cache: g.game_date < p.game_date → g.game_date <= p.game_date": (
        "a span ends at the latest on the day after the newest box score, and the other bound holds that"
    ),
    "precompute.player_daily_cache: t.from_date < u.game_date → t.from_date <= u.game_date": (
        _STARTS_TONIGHT
    ),
    "precompute.team_defense_zone_analysis: published_dates.game_date < dates.game_date"
    " → published_dates.game_date <= dates.game_date": _OWES_NOTHING,
}  # fmt: skip
WITH_WINDOWS = [name for name in pregame() if name in queries() and queries()[name].history]
WITH_CAPTURES = ["analytics.player_line_consensus"]


@pytest.mark.parametrize("table", [*WITH_CAPTURES, *WITH_WINDOWS])
def test_a_bound_that_is_too_wide_is_caught(clean: Chain, table: str) -> None:
    """By the lint, by what a range run answers, or by what a run of one date does.

    The right answers are of the same rows, in which box scores of later dates and captures of after
    the cut-off stand beside the others.
    """
    right = [clean.answer(table, days) for days in (DATES, DATES[-1:])]
    planted = [mistake for mistake in mistakes() if mistake.table == table]
    assert len(planted) >= 2
    unseen = {str(mistake) for mistake in planted if not is_caught(clean, mistake, right)}
    assert unseen == {name for name in EQUIVALENT if name.startswith(f"{table}: ")}


def is_caught(chain: Chain, mistake: Mistake, right: list[pa.Table]) -> bool:
    try:
        found = chain.answer(mistake.table, DATES, mistake.query)
    except SqlLintError:
        return True
    if not found.equals(right[0]):
        return True
    return not chain.answer(mistake.table, DATES[-1:], mistake.query).equals(right[1])


def test_the_lint_alone_sees_a_scan_or_a_frame_that_reaches_its_own_date() -> None:
    seen = [m for m in mistakes() if "@end_date" in m.shown or "CURRENT ROW" in m.shown]
    assert {m.table for m in seen} == set(WITH_WINDOWS)
    for mistake in seen:
        with pytest.raises(SqlLintError, match=r"sees the date itself|sees its own row"):
            _ = mistake.query.tree


def test_a_table_without_windows_has_no_bound_to_get_wrong() -> None:
    others = set(pregame()) - {*WITH_WINDOWS, *WITH_CAPTURES}
    assert not {mistake.table for mistake in mistakes()} & others
