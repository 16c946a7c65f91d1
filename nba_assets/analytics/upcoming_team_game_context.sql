-- One row per team with a game on the date, and cut-off: rest, travel, form, lines and absences.
WITH games AS (
  SELECT
    game_date, game_id, cutoff, cutoff_at, nba_game_id, season_year, season_type, home_team,
    away_team, tip_at, arena, is_neutral, absent_blocks, source, source_score, is_degraded,
    degraded_reasons, is_bootstrap
  FROM analytics.upcoming_games
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- What a team has behind it does not depend on the cut-off: one row a team and date.
tonight AS (
  SELECT game_date, season_year, home_team AS team FROM games
  UNION DISTINCT
  SELECT game_date, season_year, away_team AS team FROM games
),
homes AS (
  SELECT home_team, arena
  FROM raw.arenas
  WHERE is_current AND home_team IS NOT NULL
),
distances AS (
  SELECT from_arena, to_arena, time_zones, CAST(ROUND(miles * 1000000000) AS INT64) AS nano_miles
  FROM raw.arena_distances
),
schedule AS (
  -- The games that were expected; of their status nothing else counts, it may lag.
  SELECT game_date, game_id, season_year, home_team, away_team, arena, is_neutral, source_score
  FROM raw.schedule
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND season_type IN ('regular', 'cup_final', 'play_in', 'playoffs')
    AND status NOT IN ('postponed', 'cancelled')
),
placed AS (
  SELECT
    s.game_date, s.game_id, s.season_year, s.home_team, s.away_team, s.source_score,
    COALESCE(s.arena, IF(COALESCE(s.is_neutral, FALSE), NULL, homes.arena)) AS arena
  FROM schedule AS s
  LEFT JOIN homes ON homes.home_team = s.home_team
),
stops AS (
  SELECT
    game_date, game_id, season_year, arena, source_score, home_team AS team, TRUE AS is_home
  FROM placed
  UNION ALL
  SELECT
    game_date, game_id, season_year, arena, source_score, away_team AS team, FALSE AS is_home
  FROM placed
),
legs AS (
  SELECT
    game_date, game_id, season_year, arena, source_score, team, is_home,
    LAG(game_id) OVER (PARTITION BY team, season_year ORDER BY game_date, game_id) AS from_game_id,
    LAG(arena) OVER (PARTITION BY team, season_year ORDER BY game_date, game_id) AS from_arena
  FROM stops
),
offense AS (
  SELECT
    game_date, game_id, team, season_year, season_type, is_win, margin, source_score,
    CAST(ROUND(pace * 1000000000) AS INT64) AS nano_pace,
    CAST(ROUND(offensive_rating * 1000000000) AS INT64) AS nano_offensive_rating
  FROM analytics.team_offense_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
),
defense AS (
  SELECT
    game_date, game_id, team, fta_allowed, fga_allowed, source_score,
    CAST(ROUND(defensive_rating * 1000000000) AS INT64) AS nano_defensive_rating
  FROM analytics.team_defense_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
),
published_dates AS (
  SELECT DISTINCT game_date FROM offense
),
-- Before the platform's first date nothing can be published, and nothing is owed.
first_published AS (
  SELECT dates.game_date, MIN(published_dates.game_date) AS first_date
  FROM (SELECT DISTINCT game_date FROM tonight) AS dates
  INNER JOIN published_dates
    ON published_dates.game_date < dates.game_date
    AND published_dates.game_date >= DATE_SUB(dates.game_date, INTERVAL 300 DAY)
  GROUP BY dates.game_date
),
trips AS (
  SELECT
    t.game_date, t.team, legs.game_id, legs.is_home, legs.arena, legs.source_score,
    legs.game_date AS played_on,
    DATE_DIFF(t.game_date, legs.game_date, DAY) AS days_ago,
    distances.nano_miles,
    legs.from_game_id IS NOT NULL AND distances.nano_miles IS NULL AS is_unknown_way,
    ROW_NUMBER() OVER (
      PARTITION BY t.game_date, t.team ORDER BY legs.game_date DESC, legs.game_id DESC
    ) AS games_ago
  FROM tonight AS t
  INNER JOIN legs
    ON legs.team = t.team
    AND legs.season_year = t.season_year
    AND legs.game_date < t.game_date
    AND legs.game_date >= DATE_SUB(t.game_date, INTERVAL 300 DAY)
  LEFT JOIN distances
    ON distances.from_arena = legs.from_arena
    AND distances.to_arena = legs.arena
),
rest AS (
  SELECT
    t.game_date, t.team,
    MIN(trips.days_ago) AS days_since_last_game,
    COALESCE(LEAST(MIN(trips.days_ago) - 1, 7), 7) AS days_rest,
    COUNT(IF(trips.days_ago <= 7, 1, NULL)) AS games_last_7_days,
    COUNT(IF(trips.days_ago <= 14, 1, NULL)) AS games_last_14_days,
    MAX(IF(trips.games_ago = 1, trips.arena, NULL)) AS last_arena,
    -- The way into the window's first game is in it too: it was travelled to a game of the window.
    SUM(IF(trips.days_ago <= 14, trips.nano_miles, NULL)) AS nano_miles_last_14_days,
    COUNT(IF(trips.days_ago <= 14 AND trips.is_unknown_way, 1, NULL)) AS unknown_ways,
    COALESCE(MIN(IF(trips.is_home, trips.games_ago, NULL)) - 1, COUNT(trips.game_id))
      AS road_games_before,
    COUNT(IF(trips.games_ago <= 15 AND trips.played_on >= first_published.first_date, 1, NULL))
      AS expected_games,
    COUNT(
      IF(
        trips.games_ago <= 15 AND trips.played_on >= first_published.first_date,
        offense.game_id,
        NULL
      )
    ) AS published_games,
    MIN(IF(trips.games_ago <= 15, trips.source_score, NULL)) AS source_score
  FROM tonight AS t
  LEFT JOIN first_published ON first_published.game_date = t.game_date
  LEFT JOIN trips
    ON trips.game_date = t.game_date
    AND trips.team = t.team
  LEFT JOIN offense
    ON offense.game_id = trips.game_id
    AND offense.game_date = trips.played_on
    AND offense.team = trips.team
  GROUP BY t.game_date, t.team
),
results AS (
  SELECT
    t.game_date, t.team, offense.game_id, offense.game_date AS played_on, offense.is_win,
    offense.margin, offense.nano_pace, offense.nano_offensive_rating,
    defense.nano_defensive_rating, defense.fta_allowed, defense.fga_allowed,
    LEAST(offense.source_score, COALESCE(defense.source_score, offense.source_score))
      AS source_score,
    ROW_NUMBER() OVER (
      PARTITION BY t.game_date, t.team ORDER BY offense.game_date DESC, offense.game_id DESC
    ) AS games_ago
  FROM tonight AS t
  INNER JOIN offense
    ON offense.team = t.team
    AND offense.season_year = t.season_year
    AND offense.game_date < t.game_date
    AND offense.game_date >= DATE_SUB(t.game_date, INTERVAL 300 DAY)
    AND offense.season_type IN ('regular', 'play_in', 'playoffs')
  LEFT JOIN defense
    ON defense.game_id = offense.game_id
    AND defense.game_date = offense.game_date
    AND defense.team = offense.team
),
form AS (
  SELECT
    game_date, team,
    COUNT(game_id) AS games_played_season,
    COUNT(IF(is_win, 1, NULL)) AS wins,
    MIN(IF(is_win, games_ago, NULL)) AS newest_win,
    MIN(IF(is_win, NULL, games_ago)) AS newest_loss,
    MAX(IF(games_ago = 1, margin, NULL)) AS last_margin,
    COUNT(IF(games_ago <= 10, 1, NULL)) AS games_in_last_10,
    SUM(IF(games_ago <= 10, nano_pace, NULL)) AS nano_pace,
    COUNT(IF(games_ago <= 10, nano_pace, NULL)) AS paces,
    SUM(IF(games_ago <= 10, nano_offensive_rating, NULL)) AS nano_offensive_rating,
    COUNT(IF(games_ago <= 10, nano_offensive_rating, NULL)) AS offensive_ratings,
    SUM(IF(games_ago <= 10, nano_defensive_rating, NULL)) AS nano_defensive_rating,
    COUNT(IF(games_ago <= 10, nano_defensive_rating, NULL)) AS defensive_ratings,
    SUM(IF(games_ago <= 15, fta_allowed, NULL)) AS fta_allowed,
    SUM(IF(games_ago <= 15, fga_allowed, NULL)) AS fga_allowed,
    COUNT(IF(games_ago <= 15, fga_allowed, NULL)) AS games_allowed,
    MIN(IF(games_ago <= 15, source_score, NULL)) AS source_score
  FROM results
  GROUP BY game_date, team
),
starts AS (
  SELECT game_date, game_id, team, player_id
  FROM analytics.player_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND is_starter
),
usual_starters AS (
  SELECT results.game_date, results.team, starts.player_id
  FROM results
  INNER JOIN starts
    ON starts.game_id = results.game_id
    AND starts.game_date = results.played_on
    AND starts.team = results.team
  WHERE results.games_ago <= 10
  GROUP BY results.game_date, results.team, starts.player_id
  HAVING COUNT(starts.game_id) >= 6
),
statuses AS (
  SELECT game_date, game_id, cutoff, team, player_id, status
  FROM analytics.player_availability
  WHERE game_date BETWEEN @start_date AND @end_date
),
absences AS (
  SELECT
    s.game_date, s.game_id, s.cutoff, s.team,
    COUNT(s.status) AS statuses_told,
    COUNT(IF(s.status IN ('out', 'doubtful'), usual.player_id, NULL)) AS starters_out,
    COUNT(IF(s.status = 'questionable', 1, NULL)) AS questionable_count
  FROM statuses AS s
  LEFT JOIN usual_starters AS usual
    ON usual.game_date = s.game_date
    AND usual.team = s.team
    AND usual.player_id = s.player_id
  GROUP BY s.game_date, s.game_id, s.cutoff, s.team
),
captures AS (
  SELECT game_date, game_id, book, market, side, line, observed_at
  FROM raw.game_lines
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- What a book said at one instant: of a spread the home side's view, of a total its over line.
quotes AS (
  SELECT
    g.game_date, g.game_id, g.cutoff, c.market, c.book AS book_id, c.observed_at,
    COALESCE(
      MIN(IF(c.side IN (g.home_team, 'over'), c.line, NULL)),
      0 - MIN(IF(c.side = g.away_team, c.line, NULL))
    ) AS line
  FROM games AS g
  INNER JOIN captures AS c
    ON c.game_id = g.game_id
    AND c.game_date = g.game_date
    AND c.observed_at <= g.cutoff_at
    AND c.side IN (g.home_team, g.away_team, 'over')
  GROUP BY g.game_date, g.game_id, g.cutoff, c.market, c.book, c.observed_at
),
ordered_quotes AS (
  SELECT
    game_date, game_id, cutoff, market, book_id, observed_at, line,
    ROW_NUMBER() OVER (
      PARTITION BY game_date, game_id, cutoff, market, book_id ORDER BY observed_at, book_id
    ) AS captures_before,
    ROW_NUMBER() OVER (
      PARTITION BY game_date, game_id, cutoff, market, book_id ORDER BY observed_at DESC, book_id
    ) AS captures_ago
  FROM quotes
),
books AS (
  SELECT
    game_date, game_id, cutoff, market, book_id,
    MAX(IF(captures_ago = 1, line, NULL)) AS line,
    MAX(IF(captures_before = 1, line, NULL)) AS first_line,
    -- Two captures of one minute are one opinion: from an hour apart the first is an opening.
    UNIX_MICROS(MAX(observed_at)) - UNIX_MICROS(MIN(observed_at)) >= 3600000000 AS has_opening
  FROM ordered_quotes
  GROUP BY game_date, game_id, cutoff, market, book_id
),
ranked_books AS (
  SELECT
    game_date, game_id, cutoff, market, line, first_line, has_opening,
    ROW_NUMBER() OVER (
      PARTITION BY game_date, game_id, cutoff, market ORDER BY line, book_id
    ) AS line_rank,
    COUNT(*) OVER (PARTITION BY game_date, game_id, cutoff, market) AS line_books,
    ROW_NUMBER() OVER (
      PARTITION BY game_date, game_id, cutoff, market, has_opening ORDER BY first_line, book_id
    ) AS opening_rank,
    COUNT(*) OVER (PARTITION BY game_date, game_id, cutoff, market, has_opening) AS opening_books
  FROM books
),
-- Lower medians: a line that some book offers. Taken once, of the home side: the visitor's is its
-- negative, or an even number of books would give the two sides two spreads.
medians AS (
  SELECT
    game_date, game_id, cutoff, market,
    MAX(IF(line_rank = DIV((line_books + 1), 2), line, NULL)) AS line,
    MAX(IF(has_opening AND opening_rank = DIV((opening_books + 1), 2), first_line, NULL)) AS opening
  FROM ranked_books
  GROUP BY game_date, game_id, cutoff, market
),
market_lines AS (
  SELECT
    game_date, game_id, cutoff,
    MAX(IF(market = 'spreads', line, NULL)) AS spread,
    MAX(IF(market = 'spreads', opening, NULL)) AS opening_spread,
    MAX(IF(market = 'totals', line, NULL)) AS total,
    MAX(IF(market = 'totals', opening, NULL)) AS opening_total
  FROM medians
  GROUP BY game_date, game_id, cutoff
),
lined_games AS (
  SELECT
    g.game_date, g.game_id, g.cutoff, g.cutoff_at, g.nba_game_id, g.season_year, g.season_type,
    g.home_team, g.away_team, g.tip_at, g.is_neutral, g.absent_blocks, g.source, g.source_score,
    g.is_degraded, g.degraded_reasons, g.is_bootstrap,
    COALESCE(g.arena, IF(COALESCE(g.is_neutral, FALSE), NULL, homes.arena)) AS arena,
    m.spread, m.opening_spread, m.total, m.opening_total,
    IF(
      m.spread IS NOT NULL AND m.total IS NOT NULL OR 'game_lines' IN UNNEST(g.absent_blocks),
      0,
      10
    ) AS lines_deduction
  FROM games AS g
  LEFT JOIN homes ON homes.home_team = g.home_team
  LEFT JOIN market_lines AS m
    ON m.game_id = g.game_id
    AND m.game_date = g.game_date
    AND m.cutoff = g.cutoff
),
sides AS (
  SELECT
    game_date, game_id, home_team AS team, cutoff, cutoff_at, nba_game_id, season_year,
    season_type, away_team AS opponent, TRUE AS is_home, is_neutral, tip_at, arena, spread,
    opening_spread, total, opening_total, lines_deduction, absent_blocks, source, source_score,
    is_degraded, degraded_reasons, is_bootstrap
  FROM lined_games
  UNION ALL
  SELECT
    game_date, game_id, away_team AS team, cutoff, cutoff_at, nba_game_id, season_year,
    season_type, home_team AS opponent, FALSE AS is_home, is_neutral, tip_at, arena,
    0 - spread AS spread, 0 - opening_spread AS opening_spread, total, opening_total,
    lines_deduction, absent_blocks, source, source_score, is_degraded, degraded_reasons,
    is_bootstrap
  FROM lined_games
),
joined AS (
  SELECT
    sides.game_date, sides.game_id, sides.team, sides.cutoff, sides.cutoff_at, sides.nba_game_id,
    sides.season_year, sides.season_type, sides.opponent, sides.is_home, sides.is_neutral,
    sides.tip_at, sides.arena,
    own.days_since_last_game, own.days_rest,
    COALESCE(own.days_since_last_game = 1, FALSE) AS back_to_back,
    GREATEST(LEAST(own.days_rest - other.days_rest, 2), -2) AS rest_advantage,
    own.games_last_7_days, own.games_last_14_days,
    way.nano_miles / 1000000000 AS travel_miles,
    way.time_zones,
    IF(
      own.unknown_ways > 0 OR own.days_since_last_game IS NOT NULL AND way.nano_miles IS NULL,
      NULL,
      (COALESCE(own.nano_miles_last_14_days, 0) + COALESCE(way.nano_miles, 0)) / 1000000000
    ) AS miles_last_14_days,
    IF(sides.is_home, 0, own.road_games_before + 1) AS consecutive_road_games,
    COALESCE(form.games_played_season, 0) AS games_played_season,
    CASE
      WHEN sides.season_type IN ('play_in', 'playoffs') THEN sides.season_type
      WHEN COALESCE(form.games_played_season, 0) <= 20 THEN 'early'
      WHEN form.games_played_season <= 60 THEN 'mid'
      ELSE 'late'
    END AS season_phase,
    CASE
      WHEN form.newest_win = 1
        THEN COALESCE(form.newest_loss, form.games_played_season + 1) - 1
      WHEN form.newest_loss = 1
        THEN 1 - COALESCE(form.newest_win, form.games_played_season + 1)
      ELSE 0
    END AS streak,
    form.last_margin,
    IF(
      form.games_played_season >= 5, SAFE_DIVIDE(form.wins, form.games_played_season), NULL
    ) AS win_pct,
    COALESCE(form.games_in_last_10, 0) AS games_in_last_10,
    IF(form.paces >= 5, SAFE_DIVIDE(form.nano_pace, 1000000000 * form.paces), NULL)
      AS pace_last_10,
    IF(
      form.offensive_ratings >= 5,
      SAFE_DIVIDE(form.nano_offensive_rating, 1000000000 * form.offensive_ratings),
      NULL
    ) AS offensive_rating_last_10,
    IF(
      form.defensive_ratings >= 5,
      SAFE_DIVIDE(form.nano_defensive_rating, 1000000000 * form.defensive_ratings),
      NULL
    ) AS defensive_rating_last_10,
    IF(form.games_allowed >= 5, SAFE_DIVIDE(form.fta_allowed, form.fga_allowed), NULL)
      AS free_throw_rate_allowed_last_15,
    sides.spread AS game_spread,
    sides.total AS game_total,
    (sides.total - sides.spread) / 2 AS implied_points,
    sides.opening_spread,
    sides.spread - sides.opening_spread AS spread_move,
    sides.opening_total,
    sides.total - sides.opening_total AS total_move,
    -- A team of which nobody speaks is not a team with nobody out.
    IF(absences.statuses_told > 0, absences.starters_out, NULL) AS starters_out,
    IF(absences.statuses_told > 0, absences.questionable_count, NULL) AS questionable_count,
    sides.absent_blocks, sides.source,
    LEAST(
      sides.source_score,
      COALESCE(own.source_score, sides.source_score),
      COALESCE(form.source_score, sides.source_score)
    )
    - sides.lines_deduction
    - IF(
      COALESCE(absences.statuses_told, 0) > 0 OR 'injuries' IN UNNEST(sides.absent_blocks), 0, 5
    ) AS source_score,
    SAFE_DIVIDE(100 * own.published_games, own.expected_games) AS completeness_pct,
    sides.is_degraded, sides.degraded_reasons, sides.is_bootstrap
  FROM sides
  INNER JOIN rest AS own
    ON own.game_date = sides.game_date
    AND own.team = sides.team
  INNER JOIN rest AS other
    ON other.game_date = sides.game_date
    AND other.team = sides.opponent
  LEFT JOIN form
    ON form.game_date = sides.game_date
    AND form.team = sides.team
  LEFT JOIN distances AS way
    ON way.from_arena = own.last_arena
    AND way.to_arena = sides.arena
  LEFT JOIN absences
    ON absences.game_id = sides.game_id
    AND absences.game_date = sides.game_date
    AND absences.cutoff = sides.cutoff
    AND absences.team = sides.team
)
SELECT
  game_date, game_id, team, cutoff, cutoff_at, nba_game_id, season_year, season_type, opponent,
  is_home, is_neutral, tip_at, arena, days_since_last_game, days_rest, back_to_back,
  rest_advantage, games_last_7_days, games_last_14_days, travel_miles, time_zones,
  miles_last_14_days, consecutive_road_games, games_played_season, season_phase, streak,
  last_margin, win_pct, games_in_last_10, pace_last_10, offensive_rating_last_10,
  defensive_rating_last_10, free_throw_rate_allowed_last_15, game_spread, game_total,
  implied_points, opening_spread, spread_move, opening_total, total_move, starters_out,
  questionable_count, absent_blocks, source,
  GREATEST(source_score, 0) AS source_score,
  GREATEST(source_score, 0) AS quality_score,
  CASE
    WHEN source_score >= 95 THEN 'gold'
    WHEN source_score >= 75 THEN 'silver'
    WHEN source_score >= 50 THEN 'bronze'
    WHEN source_score >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  completeness_pct,
  is_degraded OR COALESCE(completeness_pct < 90, FALSE) AS is_degraded,
  ARRAY_CONCAT(
    degraded_reasons,
    IF(
      COALESCE(completeness_pct < 90, FALSE),
      ['fewer than 90 % of the last 15 expected games are published'],
      []
    )
  ) AS degraded_reasons,
  is_bootstrap
FROM joined
