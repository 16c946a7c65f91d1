"""Six teams for a fortnight: rows of every raw table in their real shapes, small enough for two engines.

One seed makes them. In it are an overtime, a postponed game, a neutral site, days off, a date of the
season before, inactives, captures after the cut-off, several books, and a NULL wherever a contract
lets one be.
"""

import random
from datetime import UTC, date, datetime, time, timedelta

from nba_assets.warehouse.table import Column, Table, tier

Row = dict[str, object]

TEAMS = ("BOS", "DEN", "LAL", "MIA", "NYK", "PHX")
CITIES = {
    "BOS": ("TD Garden", 42.366, -71.062, -5), "DEN": ("Ball Arena", 39.749, -105.008, -7),
    "LAL": ("Crypto.com Arena", 34.043, -118.267, -8), "MIA": ("Kaseya Center", 25.781, -80.188, -5),
    "NYK": ("Madison Square Garden", 40.751, -73.993, -5),
    "PHX": ("Footprint Center", 33.446, -112.071, -7),
}  # fmt: skip
ABROAD = "Accor Arena"
PLAYERS_A_TEAM = 8
PRIOR = date(2023, 4, 5)
FIRST = date(2023, 11, 1)
# Back-to-backs, single days off, and a break longer than a week.
_PLAYED_AFTER = (0, 1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16, 18, 20, 22, 23)
DATES = (PRIOR, *(FIRST + timedelta(days=n) for n in (*_PLAYED_AFTER, 34)))
POSTPONED, OVERTIME, NEUTRAL, UNSOURCED = 5, 3, 8, 4  # positions in DATES, the first game of each
BOOKS = ("draftkings", "fanduel", "pinnacle")
# When each team's sixth man was away: longer than any window of form.
HURT = (DATES[3], DATES[13])
_POSITIONS = ("PG", "SG", "SF", "PF", "C")


class SmallLeague:
    """Rows by table name; a table that nobody plays gets a few rows of its contract's types."""

    def __init__(self, seed: int = 7) -> None:
        self._chance = random.Random(seed)
        self.rows: dict[str, list[Row]] = {}
        for team in TEAMS:
            self._team(team)
        for position, day in enumerate(DATES):
            order = list(TEAMS)
            self._chance.shuffle(order)
            for game in range(2 if position % 5 == 2 else 3):
                self._game(position, game, order[2 * game], order[2 * game + 1], day)
            for team in TEAMS:
                self._add("raw.standings", game_date=day, team=team, win_pct=0.5, wins=position)

    def of(self, table: Table) -> list[Row]:
        """Whole rows of a contract, in its columns."""
        given = self.rows.get(table.name)
        if given is None:
            given = self._sides(table)
        return [self._whole(table, row, n) for n, row in enumerate(given)]

    def _whole(self, table: Table, row: Row, number: int) -> Row:
        score = self._chance.choice((100, 100, 85, 60))
        known = {
            "source": "nba.stats" if number % 5 else "espn.summary",
            "source_score": score,
            "quality_score": score,
            "quality_tier": tier(score),
            "is_degraded": score < 80,
            "degraded_reasons": ["completeness: 1 of 3 games", "fallback"] if score < 80 else [],
            "is_bootstrap": number % 2 == 0,
            "completeness_pct": None if number % 7 == 0 else 100 * score / 130,
            "landing_path": f"stats.nba.com/{number}.json.gz",
            **row,
        }
        return {c.name: known.get(c.name, self._filled(c, known)) for c in table.columns}

    def _sides(self, table: Table) -> list[Row]:
        """A row per player, team or game that the key tells apart, and per cut-off."""
        games = self.rows["analytics.upcoming_games"]
        if "player_id" in table.column_names:
            games = self.rows["raw.rosters"]
        elif "team" in table.column_names:
            games = [row for row in self.rows["raw.rosters"] if row["player_id"][-1:] == "0"]  # type: ignore[index]
        cutoffs = ("morning", "lock") if "cutoff" in table.column_names else ("",)
        rows = [{**row, "cutoff": cutoff} for row in games for cutoff in cutoffs]
        if "forecast_points" in table.column_names:
            return [
                row | {"system_id": table.table_name} for row in rows if self._speaks(table, row)
            ]
        return rows

    def _speaks(self, table: Table, row: Row) -> bool:
        """Models forecast most players; the one that sees the line forecasts nobody in the morning."""
        has_model = table.table_name != "catboost_with_line" or row["cutoff"] == "lock"
        return has_model and self._chance.random() < 0.8

    def _filled(self, column: Column, row: Row) -> object:
        if column.null_means is not None and self._chance.random() < 0.3:
            return None
        day = row.get("game_date", FIRST)
        assert isinstance(day, date)
        match column.type:
            case "STRING":
                return column.name
            case "INT64":
                return self._chance.randint(0, 9)
            case "FLOAT64":
                return self._chance.randint(0, 400) / 8
            case "BOOL":
                return self._chance.random() < 0.5
            case "DATE":
                return day
            case "TIMESTAMP":
                return _at(day, 14, self._chance.randint(0, 3599))
            case "ARRAY<STRING>":
                return [column.name][: self._chance.randint(0, 1)]

    def _add(self, name: str, **row: object) -> None:
        self.rows.setdefault(name, []).append(row)

    def _team(self, team: str) -> None:
        arena, latitude, longitude, offset = CITIES[team]
        self._add("raw.teams", team=team, conference="East" if offset == -5 else "West")
        self._add(
            "raw.arenas", arena=arena, city=team, latitude=latitude, longitude=longitude,
            utc_offset_hours=offset, home_team=team, is_current=True,
        )  # fmt: skip
        for other in TEAMS:
            there = CITIES[other]
            self._add(
                "raw.arena_distances", from_arena=arena, to_arena=there[0],
                miles=69 * (abs(latitude - there[1]) + abs(longitude - there[2])),
                time_zones=abs(offset - there[3]),
            )  # fmt: skip
        for name, to in ((arena, ABROAD), (ABROAD, arena)):
            self._add(
                "raw.arena_distances", from_arena=name, to_arena=to, miles=3600.5, time_zones=6
            )
        for number in range(PLAYERS_A_TEAM):
            self._add(
                "raw.players", **_person(team, number), season_year=2023, team=team,
                first_seen=PRIOR, last_seen=DATES[-1],
            )  # fmt: skip

    def _game(self, position: int, number: int, home: str, away: str, day: date) -> None:
        special = position if number == 0 else -1
        season = 2022 if day == PRIOR else 2023
        tip = _at(day, 23 + number, 1800 * number)
        overtime = int(special == OVERTIME)
        of_game: Row = {
            "game_date": day, "game_id": f"{day:%Y%m%d}_{away}_{home}",
            "nba_game_id": f"00{season % 100}0{position:03d}{number:02d}",
            "season_year": season, "season_type": "regular", "overtime_periods": overtime,
            "is_neutral": special == NEUTRAL, "tip_at": tip, "home_team": home, "away_team": away,
            "arena": ABROAD if special == NEUTRAL else CITIES[home][0],
        }  # fmt: skip
        played = special != POSTPONED
        scores = dict.fromkeys((home, away), 0)
        for team, opponent in ((home, away), (away, home)):
            of_side = {
                **of_game, "team": team, "opponent": opponent, "is_home": team == home,
                "defending_team": opponent,
            }  # fmt: skip
            self._pregame(of_side, position, tip)
            if played:
                boxes = [self._box(of_side, number) for number in range(PLAYERS_A_TEAM)]
                scores[team] = sum(int(str(box["points"])) for box in boxes)
                if special != UNSOURCED:
                    self._add("raw.team_box_scores", **of_side, **_total(boxes))
        self._before(of_game, tip, day)
        self._add(
            "raw.schedule", **of_game, status="final" if played else "postponed",
            home_score=scores[home] if played else None,
            away_score=scores[away] if played else None, slate_tip_at=tip,
            slate_observed_at=_at(day, 13), observed_at=tip + timedelta(hours=9, microseconds=7),
        )  # fmt: skip
        for place in range(3 * played):
            self._add(
                "raw.officials", **of_game, list_position=place + 1, official_id=f"20{place}",
                official_name=f"Official {(position + place) % 5}", worked=place < 3,
            )  # fmt: skip

    def _pregame(self, of_side: Row, position: int, tip: datetime) -> None:
        day, team = of_side["game_date"], str(of_side["team"])
        assert isinstance(day, date)
        at = self._chance.randint(0, 10**6)  # one body tells of the whole side
        for number in range(PLAYERS_A_TEAM):
            person = _person(team, number) | of_side
            self._add(
                "raw.rosters", **person, position=_POSITIONS[number % 5], snapshot_age_days=1,
                birth_date=None if number == 3 else date(1990 + number, 2, 28),
                observed_at=_at(day, 12, 0, at),
            )  # fmt: skip
            if number < 6 and position % 8:
                self._add(
                    "raw.lineups", **person, lineup_status="expected" if position % 3 == 1 else "confirmed",
                    is_starter=number < 5, position=_POSITIONS[number] if number < 5 else None,
                    roster_status="active", observed_at=tip - timedelta(minutes=70, microseconds=at),
                )  # fmt: skip
            if number in (1, 6) and position % 2:
                for hour, status in ((13, "questionable"), (20, "out"), (30, "available")):
                    self._add(
                        "raw.injuries", **person, status=status, reason="Knee; soreness",
                        reported_at=None, observed_at=_at(day, hour, 5, at),
                    )  # fmt: skip
            if number < 3:
                self._props(person, tip, number, at)

    def _props(self, person: Row, tip: datetime, number: int, micro: int) -> None:
        for book in BOOKS[: 1 + number]:
            for minutes, following in ((600, 45), (45, 10), (10, None)):
                line = 12.5 + 4 * number + self._chance.randint(-1, 1)
                over = self._chance.randint(170, 210) / 100
                if (book, minutes, number) == (BOOKS[0], 45, 1):
                    continue  # withdrawn by the lock
                self._add(
                    "raw.player_prop_lines", **person, market="player_points", book=book, line=line,
                    over_price=-110, under_price=None, over_decimal=over,
                    under_decimal=None if minutes == 45 and number == 2 else 3.8 - over,
                    price_format="american", minutes_before_tip=float(minutes),
                    observed_at=tip - timedelta(minutes=minutes, microseconds=micro),
                    superseded_at=following
                    and tip - timedelta(minutes=following, microseconds=micro),
                )  # fmt: skip

    def _before(self, of_game: Row, tip: datetime, day: date) -> None:
        home = of_game["home_team"]
        away = of_game["away_team"]
        for book in BOOKS[:2]:
            for minutes in (600, 40):
                spread = self._chance.randint(-16, 16) / 2
                for market, side, line in (
                    ("spreads", home, spread), ("spreads", away, -spread),
                    ("totals", "over", 220.5 + spread), ("totals", "under", 220.5 + spread),
                ):  # fmt: skip
                    self._add(
                        "raw.game_lines", **of_game, book=book, market=market, side=side, line=line,
                        price=-110, price_decimal=1.91, odds_event_id="e",
                        observed_at=tip - timedelta(minutes=minutes, microseconds=11),
                    )  # fmt: skip
        for cutoff, at in (("morning", _at(day, 14)), ("lock", tip - timedelta(minutes=30))):
            self._add(
                "analytics.upcoming_games", **of_game, cutoff=cutoff, cutoff_at=at,
                absent_blocks=["zones"] if day == DATES[1] else [],
            )  # fmt: skip

    def _box(self, of_side: Row, number: int) -> Row:
        chance = self._chance
        status = "played" if number < 6 else ("dnp", "inactive")[number - 6]
        if number == 5 and HURT[0] <= _day(of_side) < HURT[1]:
            status = "inactive"
        here = status == "played"
        fg3a, fga2, fta = (chance.randint(0, high) * here for high in (4, 6, 4))
        fg3m, fgm2, ftm = (chance.randint(0, tried) for tried in (fg3a, fga2, fta))
        seconds = chance.randint(300, 2400) * here
        box: Row = {
            "fgm": fg3m + fgm2, "fga": fg3a + fga2, "fg3m": fg3m, "fg3a": fg3a, "ftm": ftm,
            "fta": fta, "points": 3 * fg3m + 2 * fgm2 + ftm, "seconds_played": seconds,
            "minutes": seconds / 60, "tov": chance.randint(0, 4) * here,
            **{name: chance.randint(0, 5) * here for name in ("oreb", "dreb", "ast", "stl", "blk", "pf")},
        }  # fmt: skip
        person = _person(str(of_side["team"]), number) | of_side
        self._add(
            "raw.player_box_scores", **person, **box, played=here, player_status=status,
            is_starter=None if of_side["team"] == "PHX" else number < 5,
            minutes_precision="second",
            dnp_reason=None if here else "DNP - Coach's Decision",
            observed_at=_at(_day(of_side), 32, 0, 250000 + number),
        )  # fmt: skip
        if of_side["team"] != "PHX":  # one side without shots
            self._shots(person, box, number)
        return box

    def _shots(self, person: Row, box: Row, number: int) -> None:
        tried = [(3, n < int(str(box["fg3m"]))) for n in range(int(str(box["fg3a"])))]
        twos = int(str(box["fga"])) - len(tried)
        made = int(str(box["fgm"])) - int(str(box["fg3m"]))
        tried += [(2, n < made) for n in range(twos)]
        tried += [(1, True)] * min(1, int(str(box["ftm"])))
        team = person["team"]
        is_told = not (team == "MIA" and person["is_home"])
        for event, (value, is_made) in enumerate(tried):
            zone = {3: "three", 2: ("paint", "mid")[event % 2], 1: None}[value]
            self._add(
                "raw.shots", **person, event_seq=500 * bool(person["is_home"]) + 40 * number + event,
                shot_value=value, made=is_made, period=1,
                zone=None if team == "DEN" and number == 5 else zone,
                is_assisted=(is_made and event % 2 == 0) if is_told else None,
                is_blocked=(not is_made and event % 3 == 0) if is_told else None,
                fouled=(is_made and event % 4 == 0) if is_told else None,
                is_complete=None if team == "LAL" and number == 2 else team != "LAL" or number > 2,
            )  # fmt: skip


def _day(row: Row) -> date:
    day = row["game_date"]
    assert isinstance(day, date)
    return day


def _person(team: str, number: int) -> Row:
    player = f"{TEAMS.index(team) + 1}{number:03d}"
    return {
        "player_id": player, "nba_player_id": player, "player_name": f"Player Ö{player}",
        "player_lookup": f"playero{player}",
    }  # fmt: skip


def _total(boxes: list[Row]) -> Row:
    names = {"tov": "player_tov"}
    return {names.get(name, name): sum(box[name] for box in boxes) for name in boxes[0]}  # type: ignore[misc]


def _at(day: date, hour: int, second: int = 0, micro: int = 0) -> datetime:
    midnight = datetime.combine(day, time(), UTC)
    return midnight + timedelta(hours=hour, seconds=second, microseconds=micro)
