"""The yardstick's contexts of teams and players before tip-off."""

from datetime import date
from pathlib import Path

import polars as pl

from nba_assets.analytics.upcoming_tables import (
    UPCOMING_PLAYER_GAME_CONTEXT,
    UPCOMING_TEAM_GAME_CONTEXT,
)
from nba_assets_tests.polars_yardstick.form import (
    SEASON,
    TEAM_SEASON,
    counted_games,
    coverage,
    played_games,
    seasons_of,
)
from nba_assets_tests.polars_yardstick.frames import (
    COUNTED_TYPES,
    TEXTS,
    before,
    both_sides,
    col,
    in_last_days,
    listed,
    over_games,
    ratio,
    raw,
    reason,
    scored,
    too_few,
)

GAME_CUT = ["game_id", "cutoff"]
SIDE = [*GAME_CUT, "team"]
MAN = [*GAME_CUT, "player_id"]


def team_context(
    folder: Path,
    games: pl.DataFrame,
    offense: pl.DataFrame,
    defense: pl.DataFrame,
    boxes: pl.DataFrame,
    statuses: pl.DataFrame,
    expected: pl.DataFrame,
    first: date,
    last: date,
) -> pl.DataFrame:
    """`analytics.upcoming_team_game_context`."""
    homes = (
        raw(folder, "arenas", first, last, ("home_team", "arena", "is_current"))
        .filter("is_current", col("home_team").is_not_null())
        .select("home_team", home_arena="arena")
        .collect()
    )
    ways = raw(
        folder, "arena_distances", first, last, ("from_arena", "to_arena", "time_zones", "miles")
    ).collect()
    lined = _placed(games, homes).join(_market(folder, games, first, last), on=GAME_CUT, how="left")
    sides = both_sides(lined.drop("completeness_pct")).with_columns(
        game_spread=pl.when("is_home").then("spread").otherwise(0 - col("spread")),
        opening_spread=pl.when("is_home")
        .then("opening_spread")
        .otherwise(0 - col("opening_spread")),
        game_total=col("total"),
    )
    tonight = sides.select("game_date", *TEAM_SEASON).unique()
    rest = _rest(tonight, _placed(expected, homes), ways, offense)
    form = _form(tonight, offense, defense, boxes)
    usual = form.select("game_date", "team", "usual").drop_nulls().explode("usual")
    absences = (
        statuses.join(
            usual.rename({"usual": "player_id"}).with_columns(is_usual=pl.lit(value=True)),
            on=["game_date", "team", "player_id"], how="left",
        )
        .group_by(SIDE)
        .agg(
            told=col("status").count(),
            starters_out=(col("status").is_in(("out", "doubtful")) & col("is_usual"))
            .sum().cast(pl.Int64),
            questionable_count=(col("status") == "questionable").sum().cast(pl.Int64),
        )
    )  # fmt: skip
    night = ["game_date", "team"]
    rows = (
        sides.join(rest, on=night)
        .join(
            rest.select("game_date", opponent="team", other_rest="days_rest"),
            on=["game_date", "opponent"],
        )
        .join(form.drop("usual", "season_year"), on=night, how="left")
        .join(
            ways.rename({"miles": "travel_miles"}),
            left_on=["last_arena", "arena"], right_on=["from_arena", "to_arena"], how="left",
        )
        .join(absences, on=SIDE, how="left")
    )  # fmt: skip
    played, spread = col("games_played_season"), col("game_spread")
    has_lines = (col("spread").is_not_null() & col("total").is_not_null()) | col(
        "absent_blocks"
    ).list.contains("game_lines")
    has_statuses = (col("told").fill_null(0) > 0) | col("absent_blocks").list.contains("injuries")
    unknown_way = (col("unknown_ways") > 0) | (
        col("days_since_last_game").is_not_null() & col("travel_miles").is_null()
    )
    score = (
        pl.min_horizontal("source_score", "rest_score", "form_score")
        - pl.when(has_lines).then(0).otherwise(10)
        - pl.when(has_statuses).then(0).otherwise(5)
    ).cast(pl.Int64)
    told = col("told") > 0
    rows = rows.with_columns(
        back_to_back=(col("days_since_last_game") == 1).fill_null(value=False),
        rest_advantage=(col("days_rest") - col("other_rest")).clip(-2, 2),
        miles_last_14_days=pl.when(~unknown_way).then(
            col("miles_14").fill_null(0) + col("travel_miles").fill_null(0)
        ),
        consecutive_road_games=pl.when("is_home")
        .then(pl.lit(0, pl.Int64))
        .otherwise(col("road_games_before") + 1),
        games_played_season=played.fill_null(0),
        season_phase=pl.when(col("season_type").is_in(("play_in", "playoffs")))
        .then("season_type")
        .when(played.fill_null(0) <= 20)
        .then(pl.lit("early"))
        .when(played <= 60)
        .then(pl.lit("mid"))
        .otherwise(pl.lit("late")),
        streak=col("streak").fill_null(0),
        games_in_last_10=pl.min_horizontal(played.fill_null(0), 10),
        implied_points=(col("game_total") - spread) / 2,
        spread_move=spread - col("opening_spread"),
        total_move=col("game_total") - col("opening_total"),
        starters_out=pl.when(told).then("starters_out"),
        questionable_count=pl.when(told).then("questionable_count"),
        source_score=score.clip(0),
        is_degraded=col("is_degraded") | too_few(col("completeness_pct")),
        degraded_reasons=listed(
            "degraded_reasons",
            reason(
                too_few(col("completeness_pct")),
                "fewer than 90 % of the last 15 expected games are published",
            ),
        ),
    )
    return scored(rows).select(UPCOMING_TEAM_GAME_CONTEXT.column_names)


def _placed(games: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """Games with the home team's arena where no other is told."""
    at_home = pl.when(~col("is_neutral").fill_null(value=False)).then("home_arena")
    return (
        games.join(homes, on="home_team", how="left")
        .with_columns(arena=pl.coalesce("arena", at_home))
        .drop("home_arena")
    )


def _market(folder: Path, games: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Spread, of the home side, and total per game and cut-off: lower medians of the books."""
    names = ("game_id", "book", "market", "side", "line", "observed_at")
    quotes = (
        raw(folder, "game_lines", first, last, names)
        .join(
            games.lazy().select(*GAME_CUT, "cutoff_at", "home_team", "away_team"), on="game_id"
        )
        .filter(col("observed_at") <= col("cutoff_at"))
        .filter(
            (col("side") == col("home_team"))
            | (col("side") == col("away_team"))
            | (col("side") == "over")
        )
        .group_by(*GAME_CUT, "market", "book", "observed_at")
        .agg(
            line=pl.coalesce(
                col("line").filter(col("side") != col("away_team")).min(),
                0 - col("line").filter(col("side") == col("away_team")).min(),
            )
        )
        .sort("observed_at")
        .group_by(*GAME_CUT, "market", "book", maintain_order=True)
        .agg(
            col("line").last(),
            first_line=col("line").first(),
            has_opening=col("observed_at").last() - col("observed_at").first()
            >= pl.duration(hours=1),
        )
        .collect()
    )  # fmt: skip

    def lower_median(values: pl.Expr) -> pl.Expr:
        return values.sort(nulls_last=False).get((values.len() + 1) // 2 - 1, null_on_oob=True)

    medians = quotes.group_by(*GAME_CUT, "market").agg(
        line=lower_median(col("line")),
        opening=lower_median(col("first_line").filter("has_opening")),
    )
    found = games.select(GAME_CUT)
    for market, line, opening in (
        ("spreads", "spread", "opening_spread"),
        ("totals", "total", "opening_total"),
    ):
        own = medians.filter(col("market") == market).select(
            *GAME_CUT, col("line").alias(line), col("opening").alias(opening)
        )
        found = found.join(own, on=GAME_CUT, how="left")
    return found


def _rest(
    tonight: pl.DataFrame, placed: pl.DataFrame, ways: pl.DataFrame, offense: pl.DataFrame
) -> pl.DataFrame:
    """Rest, travel and completeness of each team before each of its dates."""
    published = offense.select("game_id", "team", is_published=pl.lit(1, pl.Int64))
    is_owed = (col("game_date") >= offense["game_date"].min()).cast(pl.Int64)
    nth = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(TEAM_SEASON)
    running = (
        both_sides(placed)
        .sort(*TEAM_SEASON, "game_date", "game_id")
        .with_columns(nth=nth, from_arena=col("arena").shift(1).over(TEAM_SEASON))
        .join(
            ways, left_on=["from_arena", "arena"], right_on=["from_arena", "to_arena"], how="left"
        )
        .join(published, on=["game_id", "team"], how="left")
        .sort(*TEAM_SEASON, "game_date", "game_id")
        .select(
            *TEAM_SEASON,
            on="game_date",
            last_on="game_date",
            last_arena="arena",
            games="nth",
            miles=col("miles").fill_null(0).cum_sum().over(TEAM_SEASON),
            unknown=((col("nth") > 1) & col("miles").is_null()).cum_sum().over(TEAM_SEASON)
            .cast(pl.Int64),
            road_games_before=col("nth")
            - pl.when("is_home").then("nth").forward_fill().over(TEAM_SEASON).fill_null(0),
            owed=over_games(is_owed, 15, TEAM_SEASON),
            made=over_games(is_owed * col("is_published").fill_null(0), 15, TEAM_SEASON),
            rest_score=col("source_score").rolling_min(15, min_samples=1).over(TEAM_SEASON),
        )
    )  # fmt: skip
    rows = before(tonight, running, TEAM_SEASON).drop("on")
    rows = in_last_days(rows, running, TEAM_SEASON, ["games"], 7)
    rows = in_last_days(rows, running, TEAM_SEASON, ["games", "miles", "unknown"], 14)
    days = (col("game_date") - col("last_on")).dt.total_days()
    return rows.select(
        "game_date", "team", "last_arena", "rest_score",
        days_since_last_game=days,
        days_rest=pl.min_horizontal((days - 1).fill_null(7), 7),
        games_last_7_days="games_7",
        games_last_14_days="games_14",
        miles_14="miles_14",
        unknown_ways="unknown_14",
        road_games_before=col("road_games_before").fill_null(0),
        completeness_pct=ratio(100 * col("made"), col("owed")),
    )  # fmt: skip


def _form(
    tonight: pl.DataFrame, offense: pl.DataFrame, defense: pl.DataFrame, boxes: pl.DataFrame
) -> pl.DataFrame:
    """Results of each team before each of its dates, and its usual starters."""
    allowed = defense.select(
        "game_id", "team", "fta_allowed", "fga_allowed", "defensive_rating",
        defense_score="source_score",
    )  # fmt: skip
    results = (
        offense.filter(col("season_type").is_in(COUNTED_TYPES))
        .join(allowed, on=["game_id", "team"], how="left")
        .sort(*TEAM_SEASON, "game_date", "game_id")
        .with_columns(nth=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(TEAM_SEASON))
    )
    nth = col("nth")
    last_win = pl.when("is_win").then(nth).forward_fill().over(TEAM_SEASON).fill_null(0)
    last_loss = pl.when(~col("is_win")).then(nth).forward_fill().over(TEAM_SEASON).fill_null(0)
    fga_15 = over_games(col("fga_allowed"), 15, TEAM_SEASON)

    def mean_10(name: str) -> pl.Expr:
        return col(name).rolling_mean(10, min_samples=5).over(TEAM_SEASON).alias(f"{name}_last_10")

    starts = (
        boxes.filter("is_starter")
        .select("game_id", "team", "player_id")
        .join(results.select("game_id", *TEAM_SEASON, "nth"), on=["game_id", "team"])
        .with_columns(ahead=pl.lit(list(range(10))))
        .explode("ahead")
        .with_columns(nth=nth + col("ahead"))
        .group_by(*TEAM_SEASON, "nth", "player_id")
        .len()
        .filter(col("len") >= 6)
        .group_by(*TEAM_SEASON, "nth")
        .agg(usual=col("player_id"))
    )
    running = results.select(
        *TEAM_SEASON,
        "nth",
        mean_10("pace"),
        mean_10("offensive_rating"),
        mean_10("defensive_rating"),
        on="game_date",
        games_played_season=nth,
        win_pct=pl.when(nth >= 5).then(col("is_win").cum_sum().over(TEAM_SEASON) / nth),
        last_margin="margin",
        streak=pl.when("is_win").then(nth - last_loss).otherwise(last_win - nth),
        free_throw_rate_allowed_last_15=pl.when(
            over_games(col("fga_allowed").is_not_null().cast(pl.Int64), 15, TEAM_SEASON) >= 5
        ).then(ratio(over_games(col("fta_allowed"), 15, TEAM_SEASON), fga_15)),
        form_score=pl.min_horizontal("source_score", "defense_score")
        .rolling_min(15, min_samples=1)
        .over(TEAM_SEASON),
    ).join(starts, on=[*TEAM_SEASON, "nth"], how="left").sort("on")  # fmt: skip
    return before(tonight, running.drop("nth"), TEAM_SEASON).drop("on")


def player_form(slate: pl.DataFrame, boxes: pl.DataFrame) -> pl.DataFrame:
    """Each player's running figures before each of his dates: what context and cache are made of."""
    tonight = slate.select("game_date", *SEASON).unique()
    played, counted = played_games(boxes), counted_games(boxes)
    rows = before(tonight, played, SEASON).drop("on")
    rows = in_last_days(rows, played, SEASON, ["all_games", "all_seconds"], 7)
    rows = in_last_days(rows, played, SEASON, ["all_games", "all_seconds", "back_to_backs"], 14)
    rows = before(rows, counted, SEASON).drop("on")
    last_year = seasons_of(boxes).select(
        "player_id",
        col("season_year") + 1,
        "season_points",
        "season_games",
        "season_minutes",
    )
    return rows.join(last_year, on=SEASON, how="left").with_columns(n=col("n").fill_null(0))


def player_context(
    games: pl.DataFrame,
    men: pl.DataFrame,
    sides: pl.DataFrame,
    lines: pl.DataFrame,
    form: pl.DataFrame,
    stints: pl.DataFrame,
    calendar: pl.DataFrame,
) -> pl.DataFrame:
    """`analytics.upcoming_player_game_context`."""
    own_form = _shown_form(form)
    night = ["game_date", "player_id"]
    men = men.drop("quality_score", "quality_tier", "is_bootstrap", "source")
    rows = men.join(own_form, on=night).join(
        _completeness(form, stints, calendar), on=night, how="left", suffix="_form"
    )
    rows = _projected(rows)
    game = games.select(
        *GAME_CUT, "nba_game_id", "is_neutral", "absent_blocks", "source", "is_bootstrap",
        game_score="source_score", game_degraded="is_degraded", game_reasons="degraded_reasons",
    )  # fmt: skip
    own = sides.select(
        *SIDE, "rest_advantage", "travel_miles", "time_zones", "season_phase", "game_spread",
        "game_total", "implied_points", "starters_out", side_score="source_score",
        side_pct="completeness_pct", side_degraded="is_degraded", side_reasons="degraded_reasons",
    )  # fmt: skip
    other = sides.select(
        *GAME_CUT,
        opponent="team",
        opponent_pace_last_10="pace_last_10",
        opponent_defensive_rating_last_10="defensive_rating_last_10",
        opponent_free_throw_rate_allowed_last_15="free_throw_rate_allowed_last_15",
    )
    market = lines.select(
        *MAN, "points_line", "line_books", "line_lowest", "line_highest", "over_decimal",
        "over_book", "under_decimal", "under_book", "line_observed_at", "opening_line",
        "line_move",
    )  # fmt: skip
    rows = (
        rows.join(game, on=GAME_CUT)
        .join(own, on=SIDE)
        .join(other, on=[*GAME_CUT, "opponent"], how="left")
        .join(market, on=MAN, how="left")
    )
    blocks = col("absent_blocks")
    no_lines = (col("game_spread").is_null() | col("game_total").is_null()) & ~blocks.list.contains(
        "game_lines"
    )
    no_status = col("status").is_null() & ~blocks.list.contains("injuries")
    score = (
        pl.min_horizontal("game_score", "source_score", col("score_10").fill_null(100))
        - pl.when(no_lines).then(10).otherwise(0)
        - pl.when(no_status).then(5).otherwise(0)
    ).clip(0)
    completeness = pl.coalesce("completeness_pct_form", "side_pct")
    rows = rows.with_columns(
        age=(col("game_date") - col("birth_date")).dt.total_days() / 365.25,
        source_score=pl.min_horizontal("side_score", score).cast(pl.Int64),
        completeness_pct=completeness,
        degraded_reasons=pl.when("game_degraded")
        .then("game_reasons")
        .when("is_degraded")
        .then("degraded_reasons")
        .when("side_degraded")
        .then("side_reasons")
        .when(completeness < 90)
        .then(
            pl.lit(
                ["games of his teams since the first of his last ten are not published"],
                dtype=TEXTS,
            )
        )
        .otherwise("game_reasons"),
        is_degraded=col("game_degraded")
        | col("is_degraded")
        | col("side_degraded")
        | too_few(completeness),
    )
    return scored(rows).select(UPCOMING_PLAYER_GAME_CONTEXT.column_names)


def _shown_form(form: pl.DataFrame) -> pl.DataFrame:
    n, days = col("n"), (col("game_date") - col("last_played_on")).dt.total_days()
    minutes_season = ratio(col("seconds_season"), 60 * n)
    return form.select(
        "game_date", "player_id", "score_10",
        days_since_last_game=days,
        days_rest=pl.min_horizontal((days - 1).fill_null(7), 7),
        back_to_back=(days == 1).fill_null(value=False),
        games_last_7_days="all_games_7",
        games_last_14_days="all_games_14",
        minutes_last_7_days=col("all_seconds_7") / 60,
        minutes_last_14_days=col("all_seconds_14") / 60,
        minutes_per_game_last_7_games=ratio(col("seconds_7"), 60 * pl.min_horizontal(n, 7)),
        back_to_backs_last_14_days="back_to_backs_14",
        days_since_return=(col("game_date") - col("returned_on")).dt.total_days(),
        games_played_season=n,
        points_avg_last_5=pl.when(n >= 5).then(col("points_5") / 5),
        points_avg_last_10=pl.when(n >= 5).then(col("points_10") / pl.min_horizontal(n, 10)),
        minutes_avg_last_10=pl.when(n >= 5).then(
            col("seconds_10") / (60 * pl.min_horizontal(n, 10))
        ),
        minutes_avg_season=minutes_season,
        usage_last_7_games=pl.when(n >= 5).then("usage_7"),
        usage_last_10=pl.when(n >= 5).then("usage_10"),
        games_in_last_10=pl.min_horizontal(n, 10),
        expected_minutes=pl.coalesce(
            0.6 * col("seconds_weighted") / 60 + 0.4 * minutes_season, "season_minutes"
        ),
        over_under_streak=pl.when(col("lined") > 0).then(
            col("last_over").fill_null(0) - col("last_under").fill_null(0)
        ),
    )  # fmt: skip


def _completeness(form: pl.DataFrame, stints: pl.DataFrame, calendar: pl.DataFrame) -> pl.DataFrame:
    spans = form.drop_nulls("window_from").select(
        "game_date", *SEASON, "window_from"
    ).join(stints, on=SEASON).filter(col("from_date") < col("game_date"))  # fmt: skip
    is_current = col("next_date").is_null() | (col("next_date") >= col("game_date"))
    spans = spans.filter(is_current | (col("last_date") >= col("window_from")))
    return coverage(
        spans.select(
            "game_date", "player_id", "team",
            from_date=pl.max_horizontal("window_from", "from_date"),
            before_date=pl.when(is_current)
            .then("game_date")
            .otherwise(col("last_date") + pl.duration(days=1)),
        ),
        calendar,
    )  # fmt: skip


def _projected(rows: pl.DataFrame) -> pl.DataFrame:
    """Minutes that add up to 240 a side with nobody above 40, usage that adds up to five, who is out."""
    nano = (
        pl.when("available").then((col("expected_minutes") * 1e9).round().cast(pl.Int64))
        .otherwise(0)
    )  # fmt: skip
    is_out = col("status").is_in(("out", "doubtful")) & (col("minutes_avg_last_10") >= 10)
    is_star = (
        (col("points_avg_last_10") >= 18).fill_null(value=False)
        | (col("minutes_avg_last_10") >= 28).fill_null(value=False)
        | (col("usage_last_10") >= 25).fill_null(value=False)
    )
    rows = (
        rows.with_columns(
            nano=nano,
            is_out=is_out.fill_null(value=False),
            is_star=is_star,
            usage_share=col("usage_last_10").fill_null(0) * col("minutes_avg_last_10") / 48,
        )
        .sort(
            *SIDE, col("nano").fill_null(0), "player_id",
            descending=[False, False, False, True, False],
        )
        .with_columns(
            place=pl.int_range(pl.len(), dtype=pl.Int64).over(SIDE),
            team_nano=col("nano").sum().over(SIDE),
            larger=col("nano").cum_sum().over(SIDE) - col("nano"),
        )
        .with_columns(
            is_capped=(col("nano") > 0)
            & ((240 - 40 * col("place")) * col("nano")
               > 40 * (col("team_nano") - col("larger")))
        )
    )  # fmt: skip
    lost = {
        "teammates_out": pl.lit(1, pl.Int64),
        "star_teammates_out": col("is_star").cast(pl.Int64),
        "teammates_out_minutes": col("minutes_avg_last_10"),
        "teammates_out_points": col("points_avg_last_10"),
        "teammates_out_usage": col("usage_share"),
    }
    rows = rows.with_columns(
        left=240 - 40 * col("is_capped").sum().over(SIDE).cast(pl.Int64),
        nano_left=pl.when(~col("is_capped")).then("nano").otherwise(0).sum().over(SIDE),
        **{name: pl.when("is_out").then(value).otherwise(0) for name, value in lost.items()},
    ).with_columns(
        projected_minutes=pl.when(col("nano").is_null())
        .then(None)
        .when("is_capped")
        .then(40.0)
        .otherwise(ratio(col("left") * col("nano"), col("nano_left")).fill_null(0)),
        **{
            name: pl.when(col("status").is_not_null()).then(col(name).sum().over(SIDE) - col(name))
            for name in lost
        },
    )
    minutes = (col("projected_minutes") * 1_000_000_000).round()
    usage = col("usage_last_10")
    factor = ratio(
        20 * pl.when("available", usage.is_not_null()).then(minutes).sum().over(SIDE),
        pl.when("available").then(minutes * usage).sum().over(SIDE),
    )
    return rows.with_columns(projected_usage=usage * factor.clip(0.85, 1.25).fill_null(1))
