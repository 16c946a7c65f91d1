"""The yardstick's tables of what is known before tip-off: games, lines, who can play."""

from datetime import date, time
from pathlib import Path

import polars as pl

from nba_assets.analytics.upcoming_tables import (
    PLAYER_AVAILABILITY,
    PLAYER_LINE_CONSENSUS,
    UPCOMING_GAMES,
)
from nba_assets_tests.polars_yardstick.frames import (
    CALLED_OFF,
    EXPECTED_TYPES,
    TEXTS,
    before,
    both_sides,
    col,
    listed,
    over_games,
    ratio,
    raw,
    reason,
    scored,
    too_few,
)

EASTERN = "America/New_York"
BLOCKS = {
    "injuries": "injuries",
    "lines": "player_prop_lines",
    "game_lines": "game_lines",
    "rosters": "rosters",
}
BOOKS = {"draftkings": 1, "fanduel": 2, "betmgm": 3, "williamhill_us": 4, "bet365": 5}
LEAD = pl.duration(minutes=30)
SIDE = ["game_id", "cutoff", "team"]
MAN = [*SIDE, "player_id"]
OFFER = ["game_date", "game_id", "player_id", "cutoff"]


def _eastern(instant: pl.Expr) -> pl.Expr:
    return instant.dt.replace_time_zone(EASTERN).dt.convert_time_zone("UTC")


def upcoming_games(folder: Path, shots: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """`analytics.upcoming_games`: the slate per cut-off."""
    slate = (
        raw(
            folder, "schedule", first, last,
            ("game_date", "game_id", "nba_game_id", "season_year", "season_type", "home_team",
             "away_team", "arena", "is_neutral", "tip_at", "slate_tip_at", "slate_observed_at",
             "status", "source", "source_score", "quality_score", "quality_tier", "is_degraded",
             "degraded_reasons", "is_bootstrap"),
        )
        .filter(
            col("season_type").is_in(EXPECTED_TYPES),
            ~col("status").is_in(CALLED_OFF) | col("slate_tip_at").is_not_null(),
        )
        .collect()
    )  # fmt: skip
    named = (
        raw(folder, "lineups", first, last, ("game_id", "observed_at"))
        .group_by("game_id")
        .agg(named_at=col("observed_at").min())
        .collect()
    )
    midnight = _eastern((col("game_date") + pl.duration(days=1)).cast(pl.Datetime("us")))
    tip = pl.coalesce("slate_tip_at", "tip_at", midnight)
    slate = slate.join(named, on="game_id", how="left").with_columns(
        tip_at=tip, completeness_pct=pl.lit(None, pl.Float64)
    )
    morning = slate.with_columns(
        cutoff=pl.lit("morning"), cutoff_at=_eastern(col("game_date").dt.combine(time(10)))
    )
    lock = slate.with_columns(cutoff=pl.lit("lock"), cutoff_at=col("tip_at") - LEAD)
    games = pl.concat([morning, lock]).filter(
        col("slate_observed_at").is_not_null()
        | (col("named_at") <= col("cutoff_at")).fill_null(value=False)
    )
    seasons = slate.select("game_date", "season_year").unique()
    absent = []
    for block, table in BLOCKS.items():
        heard = (
            raw(folder, table, first, last, ("game_date", "observed_at"))
            .group_by("game_date")
            .agg(first_at=col("observed_at").min())
            .collect()
            .join(seasons, on="game_date")
            .sort("game_date")
            .group_by("season_year", maintain_order=True)
            .first()
            .select("season_year", first_on="game_date", first_at="first_at")
        )
        games = games.join(heard, on="season_year", how="left").with_columns(
            (
                col("first_on").is_null()
                | (col("first_on") > col("game_date"))
                | (col("first_at") > col("cutoff_at"))
            ).alias(f"no_{block}")
        ).drop("first_on", "first_at")  # fmt: skip
        absent.append(reason(col(f"no_{block}"), block))
    shown = (
        shots.select("game_date").unique().join(seasons, on="game_date")
        .group_by("season_year").agg(shots_on=col("game_date").min())
    )  # fmt: skip
    games = games.join(shown, on="season_year", how="left")
    absent.append(
        reason(col("shots_on").is_null() | (col("shots_on") >= col("game_date")), "zones")
    )
    return games.with_columns(absent_blocks=listed(*absent)).select(UPCOMING_GAMES.column_names)


def line_consensus(folder: Path, games: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """`analytics.player_line_consensus`: the lower median of the books of a game's newest capture."""
    names = ("game_id", "player_id", "market", "book", "line", "over_decimal", "under_decimal",
             "source", "source_score", "is_degraded", "observed_at", "superseded_at")  # fmt: skip
    captures = (
        raw(folder, "player_prop_lines", first, last, names)
        .filter(col("market") == "player_points")
        .join(
            games.lazy().select("game_date", "game_id", "cutoff", "cutoff_at"), on="game_id"
        )
        .filter(col("observed_at") <= col("cutoff_at"))
        .sort("observed_at")
        .group_by(*OFFER, "book", maintain_order=True)
        .agg(
            col("line", "over_decimal", "under_decimal", "source", "source_score", "is_degraded",
                "observed_at", "superseded_at", "cutoff_at").last(),
            first_line=col("line").first(),
            first_at=col("observed_at").first(),
        )
        .with_columns(
            preference=col("book").replace_strict(BOOKS, default=6, return_dtype=pl.Int64)
        )
        .collect()
    )  # fmt: skip
    middle = ((pl.len() + 1) // 2 - 1).cast(pl.Int64)
    newest = captures.filter(
        col("superseded_at").is_null() | (col("superseded_at") > col("cutoff_at"))
    )
    market = newest.group_by(OFFER).agg(
        points_line=col("line").sort().get(middle),
        line_books=pl.len().cast(pl.Int64),
        line_lowest=col("line").min(),
        line_highest=col("line").max(),
        lines_score=col("source_score").min(),
        lines_degraded=col("is_degraded").any(),
    )
    opening = (
        captures.filter(col("first_at") + pl.duration(minutes=60) <= col("observed_at"))
        .group_by(OFFER)
        .agg(opening_line=col("first_line").sort().get(middle))
    )
    offers = newest.join(market.select(*OFFER, "points_line"), on=OFFER).filter(
        col("line") == col("points_line")
    )
    best = offers.group_by(OFFER).agg(
        col("over_decimal", "under_decimal").max(),
        line_observed_at=col("observed_at").max(),
        offer_source=col("source").min(),
        **{
            f"{side}_book": col("book")
            .filter(col(f"{side}_decimal").is_not_null())
            .sort_by(
                col(f"{side}_decimal").filter(col(f"{side}_decimal").is_not_null()),
                col("preference").filter(col(f"{side}_decimal").is_not_null()),
                col("book").filter(col(f"{side}_decimal").is_not_null()),
                descending=[True, False, False],
            )
            .first()
            for side in ("over", "under")
        },
    )
    rows = (
        games.join(market, on=["game_date", "game_id", "cutoff"])
        .join(best, on=OFFER)
        .join(opening, on=OFFER, how="left")
        .with_columns(
            line_move=col("points_line") - col("opening_line"),
            source=col("offer_source"),
            source_score=pl.min_horizontal("source_score", "lines_score"),
            completeness_pct=pl.lit(None, pl.Float64),
            degraded_reasons=pl.when(col("lines_degraded") & ~col("is_degraded"))
            .then(pl.lit(["the lines it is made of are degraded"], dtype=TEXTS))
            .otherwise("degraded_reasons"),
            is_degraded=col("is_degraded") | col("lines_degraded"),
        )
    )
    return scored(rows).select(PLAYER_LINE_CONSENSUS.column_names)


def availability(
    folder: Path,
    games: pl.DataFrame,
    boxes: pl.DataFrame,
    expected: pl.DataFrame,
    first: date,
    last: date,
) -> pl.DataFrame:
    """`analytics.player_availability`: who lists a player, and whether he can play."""
    sides = both_sides(games).with_columns(
        lock_at=pl.when(col("cutoff") == "lock").then("cutoff_at")
    )
    teams = sides.select("game_date", "team").unique()
    recent = _recent(teams, boxes)
    last_listed = recent.filter("is_last_team")
    rosters = (
        raw(
            folder, "rosters", first, last,
            ("game_date", "team", "player_id", "player_name", "player_lookup", "position",
             "birth_date", "snapshot_age_days", "source_score", "is_degraded", "observed_at"),
        )
        .filter(col("snapshot_age_days") <= 3)
        .collect()
    )  # fmt: skip
    lineups = raw(
        folder, "lineups", first, last,
        ("game_id", "team", "player_id", "player_name", "player_lookup", "lineup_status",
         "is_starter", "position", "roster_status", "source_score", "is_degraded", "observed_at"),
    ).collect()  # fmt: skip
    injuries = raw(
        folder, "injuries", first, last,
        ("game_date", "team", "player_id", "player_name", "player_lookup", "status", "reason",
         "source_score", "is_degraded", "observed_at"),
    ).collect()  # fmt: skip
    captured = lineups.group_by("game_id", "team", "observed_at").agg(col("lineup_status").min())
    confirmed = lineups.filter(col("lineup_status") == "confirmed")
    side = ["game_id", "team"]
    informed = sides
    for name, captures, by, at in (
        ("lineup_at", captured, side, "cutoff_at"),
        ("confirmed_at", captured.filter(col("lineup_status") == "confirmed"), side, "lock_at"),
        ("reported_at", injuries, ["game_date", "team"], "cutoff_at"),
    ):
        seen = captures.select(*by, col("observed_at").alias(name)).unique().sort(name)
        known = informed.filter(col(at).is_not_null()).sort(at).join_asof(
            seen, left_on=at, right_on=name, by=by, coalesce=False, check_sortedness=False
        )  # fmt: skip
        informed = pl.concat([known, informed.filter(col(at).is_null())], how="diagonal")
    informed = informed.join(
        captured, left_on=[*side, "lineup_at"], right_on=[*side, "observed_at"], how="left"
    )
    here = informed.select(
        "game_date", *SIDE, "cutoff_at", "confirmed_at", "reported_at", "lineup_at"
    )
    roster = here.join(rosters, on=["game_date", "team"]).filter(
        col("observed_at") <= col("cutoff_at")
    )
    line_up = here.join(confirmed, left_on=[*side, "confirmed_at"], right_on=[*side, "observed_at"])
    report = here.join(
        injuries,
        left_on=["game_date", "team", "reported_at"],
        right_on=["game_date", "team", "observed_at"],
    )
    box = here.join(last_listed, on=["game_date", "team"])
    five = here.join(lineups, left_on=[*side, "lineup_at"], right_on=[*side, "observed_at"]).select(
        *MAN, five_starter="is_starter", five_position="position"
    )
    named = pl.concat([f.select(MAN) for f in (roster, line_up, box, report)]).unique()
    people = named.join(informed, on=SIDE)
    for prefix, frame, more in (
        ("roster", roster, ("position", "birth_date", "snapshot_age_days", "is_degraded")),
        ("lineup", line_up, ("roster_status", "is_degraded")),
        ("box", box, ()),
        ("report", report, ("status", "reason", "is_degraded")),
    ):
        own = ("player_name", "player_lookup", "source_score", *more)
        people = people.join(
            frame.select(
                *MAN, pl.lit(value=True).alias(f"in_{prefix}"),
                *(col(name).alias(f"{prefix}:{name}") for name in own),
            ),
            on=MAN, how="left",
        )  # fmt: skip
    lately = recent.select("game_date", "team", "player_id", "has_played_lately")
    newest = boxes.select("player_id", on="game_date", box_team="team")
    labelled = boxes.drop_nulls("position").select(
        "player_id", on="game_date", box_position="position"
    )
    men = people.select("game_date", "player_id").unique()
    men = before(men, newest, ["player_id"], within_days=300).drop("on")
    men = before(men, labelled, ["player_id"], within_days=300).drop("on")
    has_lineup, has_report = col("confirmed_at").is_not_null(), col("reported_at").is_not_null()
    is_active = col("lineup:roster_status") == "active"
    listed = {name: col(f"in_{name}").fill_null(value=False) for name in
              ("roster", "lineup", "box", "report")}  # fmt: skip
    people = (
        people.join(five, on=MAN, how="left")
        .join(lately, on=["game_date", "team", "player_id"], how="left")
        .join(men, on=["game_date", "player_id"], how="left")
        .with_columns(
            *(known.alias(f"in_{name}") for name, known in listed.items()),
            position=pl.coalesce("roster:position", "five_position", "box_position"),
            status=pl.when(has_lineup)
            .then(pl.when(is_active).then(pl.lit("available")).otherwise(pl.lit("out")))
            .when(has_report)
            .then(col("report:status").fill_null("available")),
            status_source=pl.when(has_lineup)
            .then(pl.lit("lineup"))
            .when(has_report)
            .then(pl.lit("injury_report")),
            status_reason=col("report:reason"),
            status_observed_at=pl.coalesce("confirmed_at", "reported_at"),
            available=pl.when(has_lineup)
            .then(is_active.fill_null(value=False))
            .when(has_report)
            .then((~col("report:status").is_in(("out", "doubtful"))).fill_null(value=True))
            .otherwise(col("has_played_lately").fill_null(value=False)),
            is_expected_starter=pl.when(col("lineup_at").is_not_null()).then(
                col("five_starter").fill_null(value=False)
            ),
            birth_date=col("roster:birth_date"),
        )
        .with_columns(
            *(
                (col(f"in_{name}") & col("available")).sum().over(SIDE).alias(f"{name}_available")
                for name in ("roster", "lineup", "box")
            ),
            roster_listed=col("in_roster").sum().over(SIDE),
            lineup_listed=col("in_lineup").sum().over(SIDE),
        )
    )
    men_of = {name: col(f"{name}_available") for name in ("roster", "lineup", "box")}
    first_source = (
        pl.when(men_of["roster"] >= 8).then(pl.lit("rosters"))
        .when(men_of["lineup"] >= 8).then(pl.lit("lineup"))
        .when(men_of["box"] >= 8).then(pl.lit("recent_box"))
        .when((col("roster_listed") > 0)
              & (men_of["roster"] >= pl.max_horizontal(men_of["lineup"], men_of["box"])))
        .then(pl.lit("rosters"))
        .when((col("lineup_listed") > 0) & (men_of["lineup"] >= men_of["box"]))
        .then(pl.lit("lineup"))
        .otherwise(pl.lit("recent_box"))
    )  # fmt: skip
    members = people.with_columns(first_source=first_source).with_columns(
        roster_source=pl.when((col("first_source") == "rosters") & col("in_roster"))
        .then(pl.lit("rosters"))
        .when((col("first_source") == "recent_box") & col("in_box"))
        .then(pl.lit("recent_box"))
        .when("in_lineup")
        .then(pl.lit("lineup"))
        .when("in_report")
        .then(pl.lit("injury_report")),
        claim=pl.when("in_lineup").then(1).when("in_roster").then(2).when("in_report").then(3)
        .otherwise(4),
    )  # fmt: skip
    kept = members.filter(col("roster_source").is_not_null()).join(
        _lost(members, informed, roster, line_up, report, last_listed), on=MAN, how="anti"
    )
    return _judged(kept, _completeness(teams, expected, boxes)).select(
        PLAYER_AVAILABILITY.column_names
    )


def _recent(teams: pl.DataFrame, boxes: pl.DataFrame) -> pl.DataFrame:
    """The men of a team's last ten games."""
    boxes = boxes.sort("game_date", "game_id").with_columns(
        until_date=col("game_date").shift(-1).over("player_id")
    )
    numbered = (
        boxes.select("team", "game_date", "game_id")
        .unique(maintain_order=True)
        .with_columns(nth=pl.int_range(pl.len()).over("team"))
    )
    last_games = (
        before(teams, numbered.select("team", "nth", on="game_date"), ["team"], within_days=300)
        .drop_nulls("nth")
        .select("game_date", "team", "nth", ago=pl.lit(list(range(10))))
        .explode("ago")
        .with_columns(nth=col("nth") - col("ago"))
    )
    listed = boxes.join(numbered.drop("game_date"), on=["team", "game_id"]).select(
        "team", "nth", "player_id", "player_name", "player_lookup", "played", "source_score",
        "until_date", played_on="game_date",
    )  # fmt: skip
    is_newest = col("until_date").is_null() | (col("until_date") >= col("game_date"))
    return (
        last_games.join(listed, on=["team", "nth"])
        .filter(col("played_on") >= col("game_date") - pl.duration(days=300))
        .group_by("game_date", "team", "player_id")
        .agg(
            has_played_lately=(col("played") & (col("ago") < 3)).any(),
            is_last_team=is_newest.any(),
            player_name=col("player_name").filter(is_newest).max(),
            player_lookup=col("player_lookup").filter(is_newest).max(),
            source_score=col("source_score").min(),
        )
    )


def _lost(
    members: pl.DataFrame,
    informed: pl.DataFrame,
    roster: pl.DataFrame,
    line_up: pl.DataFrame,
    report: pl.DataFrame,
    last_listed: pl.DataFrame,
) -> pl.DataFrame:
    """Men whom another team of the date lists with more right, at each cut-off."""
    who = ("game_date", "cutoff", "player_id", "team")
    instants = informed.select("game_date", "cutoff").unique()
    claims = pl.concat(
        [
            line_up.select(*who, other_claim=pl.lit(1)),
            roster.select(*who, other_claim=pl.lit(2)),
            report.select(*who, other_claim=pl.lit(3)),
            instants.join(last_listed, on="game_date").select(*who, other_claim=pl.lit(4)),
        ]
    ).rename({"team": "other_team"})
    same_game = (
        (col("other_team") == col("opponent"))
        & (col("other_team") < col("team"))
        & (col("box_team") != col("team")).fill_null(value=True)
    )
    return (
        members.select(*MAN, "game_date", "opponent", "claim", "box_team")
        .join(claims, on=["game_date", "cutoff", "player_id"])
        .filter(
            col("other_team") != col("team"),
            (col("other_claim") < col("claim"))
            | (
                (col("other_claim") == col("claim"))
                & ((col("other_team") == col("box_team")).fill_null(value=False) | same_game)
            ),
        )
        .select(MAN)
        .unique()
    )


def _completeness(teams: pl.DataFrame, expected: pl.DataFrame, boxes: pl.DataFrame) -> pl.DataFrame:
    """Of the last ten expected games of a team, the share that is published."""
    published = boxes.select("game_id", "team", is_published=pl.lit(1)).unique()
    running = (
        both_sides(expected)
        .filter(col("game_date") >= boxes["game_date"].min())
        .join(published, on=["game_id", "team"], how="left")
        .sort("game_date", "game_id")
        .select(
            "team",
            on="game_date",
            owed=over_games(col("game_id").is_not_null().cast(pl.Int64), 10, ["team"]),
            made=over_games(col("is_published").fill_null(0), 10, ["team"]),
        )
    )  # fmt: skip
    return before(teams, running, ["team"], within_days=300).select(
        "game_date", "team", completeness_pct=ratio(100 * col("made"), col("owed"))
    )


def _judged(kept: pl.DataFrame, completeness: pl.DataFrame) -> pl.DataFrame:
    rows = kept.drop("completeness_pct").join(completeness, on=["game_date", "team"], how="left")
    source = col("roster_source")

    def of_list(name: str, *, box: bool = True) -> pl.Expr:
        found = (
            pl.when(source == "rosters").then(f"roster:{name}")
            .when(source == "lineup").then(f"lineup:{name}")
            .when(source == "injury_report").then(f"report:{name}")
        )  # fmt: skip
        return found.otherwise(f"box:{name}") if box else found

    listing_degraded = of_list("is_degraded", box=False).fill_null(value=False)
    without_roster = (source != "rosters") & ~col("absent_blocks").list.contains("rosters")
    incomplete = too_few(col("completeness_pct"))
    risk = {"available": 0, "probable": 1, "questionable": 2, "doubtful": 3, "out": 3}
    rows = rows.with_columns(
        player_name=of_list("player_name"),
        player_lookup=of_list("player_lookup"),
        roster_age_days=pl.when(source == "rosters").then("roster:snapshot_age_days"),
        injury_risk=col("status").replace_strict(risk, default=None, return_dtype=pl.Int64),
        source_score=pl.min_horizontal("source_score", of_list("source_score")),
        is_degraded=col("is_degraded") | listing_degraded | without_roster | incomplete,
        degraded_reasons=pl.when("is_degraded")
        .then("degraded_reasons")
        .when(listing_degraded)
        .then(pl.lit(["the list that names him is degraded"], dtype=TEXTS))
        .when(without_roster)
        .then(pl.lit(["no fresh roster names him"], dtype=TEXTS))
        .when(incomplete)
        .then(pl.lit(["games of the last ten of his team are not published"], dtype=TEXTS))
        .otherwise("degraded_reasons"),
    )
    return scored(rows)
