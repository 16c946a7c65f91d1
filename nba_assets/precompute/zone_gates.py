"""When zone analyses are wrong, and when a table of this room is not ready: pure, from rows to offenders."""

import pandas as pd

from nba_assets.analytics.zones import ZONES
from nba_assets.gates.reasons import add_reason, outside
from nba_assets.raw.gates import MIN_COVERAGE
from nba_assets.sources.teams import BY_TRICODE

SHARES_TOLERANCE = 1e-9  # what three divisions of whole numbers can be off by
MAX_VS_LEAGUE = 60.0  # percentage points; no league shoots above 60 % from a zone, no team below 0
MIN_READY = 0.7  # of a table's rows; below it most of what it tells rests on holes
_SHOWN = 3


def impossible_zones(analyses: pd.DataFrame) -> pd.DataFrame:
    """Shares that do not add up, or a percentage read as a fraction, bend every mismatch made of them.

    Args:
        analyses: rows of a zone analysis, of teams or of players.
    """
    who = analyses["player_id"] if "player_id" in analyses else analyses["team"]
    limits = {
        **{f"{zone}_fg_pct_allowed": (0.0, 1.0) for zone in ZONES},
        **{f"{zone}_fg_pct": (0.0, 1.0) for zone in ZONES},
        **{f"{zone}_vs_league": (-MAX_VS_LEAGUE, MAX_VS_LEAGUE) for zone in ZONES},
        "assisted_share": (0.0, 100.0),
    }
    # Teams and players have different ones of these columns.
    reason = outside(analyses, {name: span for name, span in limits.items() if name in analyses})
    shares = [name for zone in ZONES if (name := f"{zone}_share") in analyses]
    if shares:
        told = analyses[shares].astype(float)
        whole = told.sum(axis=1)
        # All three or none: one share that is missing leaves a sum below 100 as well.
        off = told.notna().any(axis=1) & (
            ((whole - 100).abs() > SHARES_TOLERANCE) | (told < 0).any(axis=1)
        )
        add_reason(reason, off, "shares sum to " + whole.astype(str))
    return analyses.assign(reason="possible_zones: " + who + ": " + reason)[reason != ""]


def missing_teams(analyses: pd.DataFrame, games: pd.DataFrame) -> pd.DataFrame:
    """A team that is not in the analysis defends like nobody: its opponents lose their mismatch unseen.

    Under 80 % of the league's teams the date is held; from there to all thirty it is published,
    degraded, and the missing teams are named.

    Args:
        analyses: rows of `precompute.team_defense_zone_analysis`.
        games: rows of `analytics.upcoming_games`: their dates are owed an analysis.
    """
    teams = pd.DataFrame({"team": sorted(BY_TRICODE)})
    owed = games[["game_date"]].drop_duplicates().merge(teams, how="cross")
    found = owed.merge(analyses[["game_date", "team"]], how="left", indicator=True)
    is_there = found["_merge"] == "both"
    share = is_there.groupby(found["game_date"]).transform("mean")
    return found.assign(
        blocks=share < MIN_COVERAGE, reason="all_teams: " + found["team"] + " is missing"
    )[~is_there]


def unready_tables(rows: pd.DataFrame) -> pd.DataFrame:
    """A table of which most rows rest on unpublished games looks like any other to whoever joins it.

    Of each date, and cut-off where there is one, 70 % of the rows are ready, or the date is held. In
    a season's first days it is only told: what a window lacks then was never played.

    Args:
        rows: of any table with `is_production_ready` and `is_bootstrap`.

    Returns:
        One row per date, and cut-off, with the share that is ready and the first that are not.
    """
    by = [name for name in ("game_date", "cutoff") if name in rows]
    who = [name for name in ("team", "player_id") if name in rows][-1]
    found = []
    for key, own in rows.groupby(by):
        is_ready = own["is_production_ready"].astype(bool)
        # The share that is ready, not the share that is not: in floats 1 - 0.7 > 0.3.
        if is_ready.mean() >= MIN_READY:
            continue
        unready = own.loc[~is_ready, who].astype(str).tolist()
        more = f" and {len(unready) - _SHOWN} more" if len(unready) > _SHOWN else ""
        found.append(
            {
                **dict(zip(by, key, strict=True)),
                "blocks": not own["is_bootstrap"].astype(bool).all(),
                "reason": f"ready_rows: {''.join(f'{part}: ' for part in key[1:])}{is_ready.sum()} of"
                f" {len(own)} rows are ready, not {', '.join(unready[:_SHOWN])}{more}",
            }
        )
    return pd.DataFrame(found, columns=[*by, "blocks", "reason"])
