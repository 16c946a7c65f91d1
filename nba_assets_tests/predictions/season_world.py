"""Eight weeks of a league whose scores are known to the tests: inputs of the predictions, and the assets over them."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np
import pyarrow as pa

from nba_assets.analytics.tables import PLAYER_GAME_SUMMARY
from nba_assets.analytics.upcoming_tables import (
    CUTOFFS,
    LOCK,
    MORNING,
    PLAYER_LINE_CONSENSUS,
    UPCOMING_GAMES,
    UPCOMING_PLAYER_GAME_CONTEXT,
)
from nba_assets.automation.backfill import RANGE_END, RANGE_START
from nba_assets.definitions import TABLES
from nba_assets.gates.publish import NoProgress
from nba_assets.gates.table_asset import Room
from nba_assets.partitions import dates_between, game_dates, game_weeks, slate_instant, weeks_of
from nba_assets.precompute.tables import (
    ML_FEATURE_STORE,
    PLAYER_DAILY_CACHE,
    PLAYER_ROLE_OUTLOOK,
    PLAYER_SCORING_FORM,
    PLAYER_SHOT_ZONE_ANALYSIS,
    TEAM_DEFENSE_ZONE_ANALYSIS,
)
from nba_assets.predictions.assets import predictions_assets
from nba_assets.predictions.recipes import RECIPES, Recipe
from nba_assets.raw.tables import SCHEDULE
from nba_assets.warehouse.table import Table
from nba_assets_tests.gates.test_publish import ROOM
from nba_assets_tests.gates.verdicts import failures
from nba_assets_tests.platform import QUIET
from nba_assets_tests.precompute.form_world import FormWorld, Row, scheduled, whole
from nba_assets_tests.raw.payloads import desk_in

FIRST = date(2023, 10, 30)  # a Monday
WEEKS = 8
LAST = FIRST + timedelta(days=7 * WEEKS - 1)
PAIRS = (("BOS", "NYK"), ("LAL", "GSW"), ("MIA", "CHI"), ("DEN", "UTA"))
MEN = 10  # a side
HERE: Room = replace(
    ROOM,
    game_dates=game_dates(FIRST, LAST),
    game_weeks=game_weeks(FIRST, LAST),
    tables=TABLES,
    first_date=FIRST,
)
ASSETS = predictions_assets(HERE)
# In the order of the graph; what is made of results comes before what reads it of past weeks.
ORDER = [
    key.to_user_string()
    for key in dg.Definitions(
        assets=ASSETS,
        resources=dict.fromkeys(
            ("desk", "warehouse", "progress"), dg.ResourceDefinition.none_resource()
        ),
    )
    .resolve_asset_graph()
    .toposorted_asset_keys
    if key.path[0] == "predictions"
]


class SeasonWorld(FormWorld):
    """Inputs of every date, published, and the predictions assets over them.

    A man's points are his skill, some of tonight's minutes and chance; his features know the skill
    with an error, and at lock the minutes. Lines are near the truth, for every third man.
    """

    def __init__(
        self, home: Path, instance: dg.DagsterInstance, dates: Sequence[date] | None = None
    ) -> None:
        super().__init__(home)
        self.home = home
        self.instance = instance
        self.chance = np.random.default_rng(20231030)
        self.skill = {
            f"{team}{n}": 6 + 2 * n for pair in PAIRS for team in pair for n in range(MEN)
        }
        for day in dates_between(FIRST, LAST):
            rows = self._night(day)
            if dates is None or day in dates:
                for table, own in rows.items():
                    self.publish(table, own)

    def _night(self, day: date) -> dict[Table, list[Row]]:
        found: dict[Table, list[Row]] = {}
        add = found.setdefault
        for away, home in PAIRS:
            game = scheduled(day, away, home)
            add(SCHEDULE, []).append(game)
            tip = datetime.combine(day, time(23, 59), UTC)
            at = {MORNING: slate_instant(day), LOCK: tip - timedelta(minutes=30)}
            for cutoff in CUTOFFS:
                facts = {"game_date": day, "game_id": game["game_id"], "cutoff": cutoff}
                facts |= {"cutoff_at": at[cutoff]}
                add(UPCOMING_GAMES, []).append(
                    whole(UPCOMING_GAMES, **facts, home_team=home, away_team=away, tip_at=tip)
                )
            for team, opponent in ((away, home), (home, away)):
                team_row = {"game_date": day, "team": team}
                add(TEAM_DEFENSE_ZONE_ANALYSIS, []).append(
                    whole(TEAM_DEFENSE_ZONE_ANALYSIS, **team_row)
                )
                for n in range(MEN):
                    self._man(found, day, game["game_id"], team, opponent, n, at)
        return found

    def _man(
        self,
        found: dict[Table, list[Row]],
        day: date,
        game_id: str,
        team: str,
        opponent: str,
        n: int,
        at: dict[str, datetime],
    ) -> None:
        player_id = f"{team}{n}"
        skill = self.skill[player_id]
        extra = float(self.chance.normal(0, 3))  # what a line-up tells at lock
        form, seen = skill + self.chance.normal(0, 1.5), skill + self.chance.normal(0, 1.5)
        points = max(0, round(float(skill + extra + self.chance.normal(0, 6))))
        played = self.chance.random() > 0.05
        line = round(2 * (skill + extra + self.chance.normal(0, 1))) / 2 if n % 3 == 0 else None
        games = 20 + (day - FIRST).days
        who: Row = {"game_date": day, "player_id": player_id}
        side: Row = {"team": team, "opponent": opponent, "is_home": n % 2 == 0}
        form_known: Row = {
            "games_played_season": games,
            "minutes_avg_last_10": 12.0 + 2 * n,
        }
        for cutoff, cutoff_at in at.items():
            key: Row = {**who, "game_id": game_id, "cutoff": cutoff, "cutoff_at": cutoff_at}
            minutes = 12.0 + 2 * n + (extra if cutoff == LOCK else 0.0)
            found.setdefault(UPCOMING_PLAYER_GAME_CONTEXT, []).append(
                whole(
                    UPCOMING_PLAYER_GAME_CONTEXT, **key, **side, **form_known, available=True,
                    player_name=player_id, projected_minutes=minutes, points_line=line,
                )
            )  # fmt: skip
            found.setdefault(ML_FEATURE_STORE, []).append(
                whole(
                    ML_FEATURE_STORE, **key, team=team, opponent=opponent, available=True,
                    player_name=player_id, feature_hash=hashlib.sha256(f"{player_id}{day}{cutoff}".encode()).hexdigest(),
                    games_played_season=games, minutes_avg_last_10=form_known["minutes_avg_last_10"],
                    points_avg_last_5=form, points_avg_last_10=seen, points_avg_season=skill,
                    points_ewma=form, points_std_last_10=5 + float(self.chance.random()), projected_minutes=minutes,
                    line_points=line, has_line=float(line is not None), home=float(n % 2 == 0),
                    opponent_def_rating=110 + float(self.chance.normal()), quality_score=96.04,
                )
            )  # fmt: skip
            found.setdefault(PLAYER_ROLE_OUTLOOK, []).append(
                whole(
                    PLAYER_ROLE_OUTLOOK, **key, team=team, opponent=opponent, play_chance=1.0,
                    start_chance=1.0, role_minutes=minutes,
                    expected_points=(form + seen) / 2 + minutes - 12.0 - 2 * n,
                )
            )  # fmt: skip
            if line is not None:
                found.setdefault(PLAYER_LINE_CONSENSUS, []).append(
                    whole(
                        PLAYER_LINE_CONSENSUS, **key, points_line=line, line_books=3,
                        over_decimal=1.95, over_book="fanduel", under_decimal=1.90,
                        under_book="draftkings", line_observed_at=cutoff_at - timedelta(minutes=5),
                    )
                )  # fmt: skip
        found.setdefault(PLAYER_SCORING_FORM, []).append(
            whole(
                PLAYER_SCORING_FORM, **who, games_in_window=games, points_ewma_3=form,
                points_ewma_20=seen, minutes_ewma_8=12.0 + 2 * n,
            )
        )  # fmt: skip
        for table in (PLAYER_DAILY_CACHE, PLAYER_SHOT_ZONE_ANALYSIS):
            found.setdefault(table, []).append(whole(table, **who))
        found.setdefault(PLAYER_GAME_SUMMARY, []).append(
            whole(
                PLAYER_GAME_SUMMARY, **who, **side, game_id=game_id, played=played,
                player_status="played" if played else "dnp", points=points if played else 0,
                minutes=max(12.0 + 2 * n + extra, 1.0) if played else 0.0, seconds_played=1,
            )
        )  # fmt: skip

    def definitions(self, **settings: Any) -> dg.Definitions:
        """The assets of the room over this home."""
        desk = desk_in(self.home, first_date=FIRST, last_date=LAST, **settings)
        return dg.Definitions(
            assets=ASSETS,
            resources={"desk": desk, "warehouse": self.warehouse, "progress": NoProgress()},
            executor=dg.in_process_executor,
        )

    def run(self, name: str, first: date, last: date, **settings: Any) -> str:
        """Materialize an asset over the dates, or over their weeks; what failed, in words."""
        table = TABLES[name.replace("/", ".")]
        days = weeks_of(dates_between(first, last)) if table.is_weekly else [first, last]
        result = (
            self.definitions(**settings)
            .resolve_implicit_global_asset_job_def()
            .execute_in_process(
                instance=self.instance,
                asset_selection=[dg.AssetKey(name.split("/"))],
                tags={RANGE_START: str(days[0]), RANGE_END: str(days[-1])},
                run_config=QUIET,
                raise_on_error=False,
            )
        )
        said = "\n".join(failures(result).values())
        return said or ("" if result.success else f"{name} broke; see its log")

    def make(self, first: date, last: date, names: Sequence[str] = (), **settings: Any) -> None:
        """Materialize assets in the order of the graph; every one of them passes."""
        for name in ORDER:
            if not names or name in names:
                said = self.run(name, first, last, **settings)
                assert said == "", f"{name}: {said}"

    def rows(self, table: Table, first: date, last: date) -> pa.Table:
        """The published rows."""
        return self.warehouse.read(table, dates_between(first, last))

    def digests(self, first: date, last: date) -> dict[str, list[str | None]]:
        """Of every table of the room, over the dates or weeks."""
        days = dates_between(first, last)
        return {
            name: [
                self.warehouse.digest(table, day)
                for day in (weeks_of(days) if table.is_weekly else days)
            ]
            for name in ORDER
            if (table := TABLES[name.replace("/", ".")])
        }


def small_recipes() -> dict[str, Recipe]:
    """The platform's recipes at a tenth of their size: trees, and rows that are enough."""
    found = {}
    for system_id, recipe in RECIPES.items():
        boosted = {name: replace(p, iterations=40) for name, p in recipe.parts.boosted.items()}
        minutes = recipe.parts.minutes and replace(recipe.parts.minutes, iterations=40)
        parts = replace(recipe.parts, boosted=boosted, minutes=minutes)
        found[system_id] = replace(recipe, parts=parts, min_rows=recipe.min_rows // 5)
    return found
