"""Sixteen dates of six teams as raw rows: with a trade, and with everything that is told after the lock."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from nba_assets.definitions import TABLES
from nba_assets.partitions import slate_instant
from nba_assets.raw.tables import COUNTS
from nba_assets.sources.feed import LOCK_LEAD
from nba_assets_tests.leakage.chain import Raw
from nba_assets_tests.warehouse.small_league import DATES, SmallLeague

# Of another season, eight months earlier: what a window must not reach.
PRIOR, SEASON = DATES[0], DATES[1:]
# A man of Boston and one of Denver change places: they count for another team from here on.
# Neither is listed by anybody on the date before, and Boston's box score before that never came.
TRADED, TRADED_ON, UNSEEN_ON = ("1001", "2001"), DATES[9], DATES[8]
UNPUBLISHED = (DATES[6], "BOS")
# The fifth man of every team rests, and is back on the date on which nobody tells who is there.
RESTED, BACK_ON = (DATES[4], DATES[7]), DATES[8]
# On one date nobody is listed, on another not one team: the last box scores say who they are.
UNLISTED, UNLISTED_TEAM = BACK_ON, (DATES[12], "BOS")
# Of these dates Miami's roster came in the afternoon, and at the very cut-off of the morning; one man
# is in no other list.
LISTED_LATE, LISTED_IN_TIME, LISTED_TEAM = DATES[10], DATES[13], "MIA"
NEWCOMER = "4999"
# Told at the very cut-off, which is in time.
TOLD_AT_LOCK, TOLD_IN_THE_MORNING = DATES[11], DATES[13]
# What may be told of a date again and again; the newest that was heard by a cut-off counts.
CAPTURES = (
    "raw.lineups",
    "raw.injuries",
    "raw.player_prop_lines",
    "raw.game_lines",
)
RAW = tuple(sorted(name for name in TABLES if name.startswith("raw.")))
# Told once of each date; if it were told again, what came after the cut-off would not count.
ROSTERS = "raw.rosters"


def league(seed: int = 7) -> dict[str, pa.Table]:
    """The raw rows by table, captures of after the lock among them."""
    small = SmallLeague(seed)
    rows = {name: TABLES[name].rows(small.of(TABLES[name])) for name in RAW}
    rows["raw.player_prop_lines"] = _priced_both_ways(rows["raw.player_prop_lines"])
    rows = {name: _traded(of_table) for name, of_table in rows.items()}
    unpublished = _unpublished(rows["raw.schedule"])
    for name in ("raw.player_box_scores", "raw.team_box_scores", "raw.shots"):
        rows[name] = rows[name].filter(pc.not_equal(rows[name]["game_id"], unpublished))
    rows["raw.player_box_scores"] = _seen(rows["raw.player_box_scores"])
    rows[ROSTERS] = _listed(rows[ROSTERS])
    rows["raw.injuries"] = _claimed(rows)
    for cut, day in ((at_lock, TOLD_AT_LOCK), (in_the_morning, TOLD_IN_THE_MORNING)):
        rows = told_again(rows, cut, since=day, until=day, seconds=0)
    return told_again(rows, at_lock)


def _priced_both_ways(lines: pa.Table) -> pa.Table:
    """A book that prices one side alone is no part of what is tested here."""
    for name in ("over_decimal", "under_decimal"):
        lines = with_column(lines, name, pc.fill_null(lines[name], 1.9))
    return lines


def _traded(rows: pa.Table) -> pa.Table:
    if not {"player_id", "game_date"} <= set(rows.column_names):
        return rows
    ids = rows["player_id"]
    late = pc.greater_equal(rows["game_date"], pa.scalar(TRADED_ON))
    for old, new in (TRADED, TRADED[::-1]):
        theirs = pc.and_(late, pc.equal(rows["player_id"], old))
        ids = pc.if_else(theirs, new, ids)
    return with_column(rows, "player_id", ids)


def _unpublished(schedule: pa.Table) -> str:
    day, team = UNPUBLISHED
    games = schedule.filter(_on(schedule, day)).to_pylist()
    (game,) = (game for game in games if team in (game["home_team"], game["away_team"]))
    return str(game["game_id"])


def _seen(boxes: pa.Table) -> pa.Table:
    """Without the traded men of the eve, and with the fifth men at rest."""
    traded = pc.is_in(boxes["player_id"], pa.array(TRADED))
    boxes = boxes.filter(pc.invert(pc.and_(_on(boxes, UNSEEN_ON), traded)))
    first, last = RESTED
    at_rest = pc.and_(
        pc.ends_with(boxes["player_id"], "004"),
        pc.and_(
            pc.greater_equal(boxes["game_date"], pa.scalar(first)),
            pc.less_equal(boxes["game_date"], pa.scalar(last)),
        ),
    )
    nothing = {c.name: 0 for c in COUNTS} | {"seconds_played": 0, "minutes": 0}
    return changed(
        boxes, at_rest, nothing | {"played": False, "is_starter": False, "player_status": "dnp"}
    )


def _listed(rosters: pa.Table) -> pa.Table:
    """Without the unlisted, and with the traded men still in the list of their old team for a day."""
    day, team = UNLISTED_TEAM
    unlisted = pc.or_(
        _on(rosters, UNLISTED), pc.and_(_on(rosters, day), pc.equal(rosters["team"], team))
    )
    traded = pc.is_in(rosters["player_id"], pa.array(TRADED))
    stale = rosters.filter(pc.and_(_on(rosters, TRADED_ON), traded))
    back = pc.if_else(pc.equal(stale["player_id"], TRADED[0]), TRADED[1], TRADED[0])
    rosters = pa.concat_tables(
        [rosters.filter(pc.invert(unlisted)), with_column(stale, "player_id", back)]
    )
    # Where no list says what a man plays, his last box score does.
    unlabelled = pc.ends_with(rosters["player_id"], "000")
    rosters = changed(rosters, unlabelled, {"position": pa.scalar(None, pa.string())})
    for day, at in (
        (LISTED_LATE, slate_instant(LISTED_LATE) + timedelta(hours=3)),
        (LISTED_IN_TIME, slate_instant(LISTED_IN_TIME)),
    ):
        of_team = pc.and_(_on(rosters, day), pc.equal(rosters["team"], LISTED_TEAM))
        new = with_column(rosters.filter(of_team).slice(0, 1), "player_id", pa.array([NEWCOMER]))
        rosters = pa.concat_tables([rosters, new])
        of_team = pc.and_(_on(rosters, day), pc.equal(rosters["team"], LISTED_TEAM))
        rosters = changed(rosters, of_team, {"observed_at": _instant(at)})
    return rosters


def _claimed(raw: Raw) -> pa.Table:
    """Injury reports that name men of other teams where no list says whose they are.

    Denver's of noon names a man of Boston's, and its next one, of Boston's lock, does not any more;
    New York's names one of Miami's at that very instant.
    """
    reports = raw["raw.injuries"]
    games = raw["raw.schedule"].filter(_on(raw["raw.schedule"], UNLISTED)).to_pylist()
    game_of = {game[side]: game for game in games for side in ("home_team", "away_team")}
    noon = slate_instant(UNLISTED) - timedelta(hours=1)

    def told(team: str, player: str, at: datetime) -> dict[str, Any]:
        game = game_of[team]["game_id"]
        own = {"game_date": UNLISTED, "game_id": game, "team": team, "player_id": player}
        return {**reports.slice(0, 1).to_pylist()[0], **own, "observed_at": at, "status": "out"}

    def lock(team: str) -> datetime:
        return at_lock(UNLISTED, game_of[team]["slate_tip_at"])

    claims = [
        told("DEN", "1002", noon),
        told("DEN", "2003", lock("BOS")),
        told("NYK", "4001", lock("MIA")),
    ]
    return pa.concat_tables([reports, pa.Table.from_pylist(claims, reports.schema)])


def _on(rows: pa.Table, day: date) -> Any:
    return pc.equal(rows["game_date"], pa.scalar(day))


def _instant(at: datetime) -> pa.Scalar:
    return pa.scalar(at, pa.timestamp("us", "UTC"))


def with_column(rows: pa.Table, name: str, values: Any) -> pa.Table:
    """The rows with one column replaced, in its own type."""
    at = rows.column_names.index(name)
    return rows.set_column(at, rows.schema.field(at), pc.cast(values, rows.schema.field(at).type))


def changed(rows: pa.Table, where: Any, columns: Mapping[str, Any]) -> pa.Table:
    """The rows with the columns replaced where the mask says so."""
    for name, values in columns.items():
        rows = with_column(rows, name, pc.if_else(where, values, rows[name]))
    return rows


# The instant at which a game of a date is cut, given its scheduled tip.
Cut = Callable[[date, datetime], datetime]


def at_lock(_day: date, tip_at: datetime) -> datetime:
    """Half an hour before the tip."""
    return tip_at - LOCK_LEAD


def in_the_morning(day: date, _tip_at: datetime) -> datetime:
    """10:00 in New York."""
    return slate_instant(day)


def cuts_of(raw: Raw, rows: pa.Table, cut: Cut) -> pa.Array:
    """Each row's cut-off: of its game."""
    schedule = raw["raw.schedule"].select(["game_id", "game_date", "slate_tip_at"]).to_pylist()
    at = {game["game_id"]: cut(game["game_date"], game["slate_tip_at"]) for game in schedule}
    return pa.array([at[game] for game in rows["game_id"].to_pylist()], pa.timestamp("us", "UTC"))


def told_after(raw: Raw, name: str, cut: Cut) -> Any:
    """Which rows of a table were observed after their game's cut-off."""
    return pc.greater(raw[name]["observed_at"], cuts_of(raw, raw[name], cut))


def told_again(
    raw: Raw,
    cut: Cut,
    since: date = date.min,
    until: date = date.max,
    seconds: int = 1,
    tables: Collection[str] = CAPTURES,
) -> dict[str, pa.Table]:
    """A capture more of every game, so long after its cut-off, that says otherwise.

    Args:
        raw: the rows by table.
        cut: when a game is cut.
        since: games of earlier dates are told no more of.
        until: nor those of later ones.
        seconds: after the cut-off; below 0 before it.
        tables: which are told again.
    """
    found = dict(raw)
    for name in tables:
        rows = raw[name]
        of_date = rows["game_date"]
        rows = rows.filter(
            pc.and_(
                pc.greater_equal(of_date, pa.scalar(since)),
                pc.less_equal(of_date, pa.scalar(until)),
            )
        )
        rows = rows.sort_by("observed_at")
        key = [c for c in TABLES[name].key if c != "observed_at"]
        first = {
            tuple(row.values()): n
            for n, row in reversed(list(enumerate(rows.select(key).to_pylist())))
        }
        rows = rows.take(pa.array(sorted(first.values()), pa.int64()))
        late = pc.add(cuts_of(raw, rows, cut), pa.scalar(timedelta(seconds=seconds)))
        again = changed(with_column(rows, "observed_at", late), True, contradicted(name, rows))
        found[name] = pa.concat_tables([raw[name], again.cast(raw[name].schema)])
    return found


def contradicted(name: str, rows: pa.Table) -> dict[str, Any]:
    """What a capture would say that says the opposite, by column."""
    match name:
        case "raw.lineups":
            return {
                "lineup_status": pa.scalar("confirmed"),
                "roster_status": pa.scalar("inactive"),
                "position": pc.if_else(pc.equal(rows["position"], "C"), "PG", "C"),
            }
        case "raw.injuries":
            return {"status": pa.scalar("doubtful"), "reason": pa.scalar("Nobody has heard of it")}
        case "raw.player_prop_lines":
            return {
                "line": pc.add(rows["line"], 10.0),
                "over_decimal": pa.scalar(5.0),
                "under_decimal": pa.scalar(1.1),
            }
        case "raw.game_lines":
            return {"line": pc.negate(pc.add(rows["line"], 7.0))}
        case "raw.rosters":
            return {
                "position": pa.scalar("C"),
                "birth_date": pa.scalar(date(1970, 1, 1)),
                "snapshot_age_days": pa.scalar(9),
            }
    raise LookupError(f"{name} holds no captures")
