-- One row per player of the date's slate: what he has done in his last 60 games, across seasons.
WITH slate AS (
  SELECT
    game_date, player_id, season_year, player_name, source, source_score, completeness_pct,
    is_degraded, degraded_reasons, is_bootstrap
  FROM analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
  -- Form is the date's: whoever is listed only at lock has no other row.
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_date, player_id ORDER BY IF(cutoff = 'morning', 0, 1), game_id
  ) = 1
),
-- 400 days: from opening night they reach all of the season before.
boxes AS (
  SELECT
    game_date, game_id, player_id, COALESCE(is_starter, FALSE) AS is_starter, points,
    seconds_played, fga, fg3a, fta, 100 * fga + 44 * fta + 100 * tov AS plays_hundredths,
    source_score
  FROM analytics.player_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 400 DAY) AND game_date < @end_date
    AND played
    AND season_type IN ('regular', 'play_in', 'playoffs')
),
numbered AS (
  SELECT
    game_date, player_id, is_starter, points, seconds_played, fga, fg3a, fta, plays_hundredths,
    source_score,
    ROW_NUMBER() OVER (PARTITION BY player_id ORDER BY game_date, game_id) AS nth
  FROM boxes
),
until AS (
  SELECT s.game_date, s.player_id, MAX(b.nth) AS games
  FROM slate AS s
  INNER JOIN numbered AS b
    ON b.player_id = s.player_id
    AND b.game_date < s.game_date
    AND b.game_date >= DATE_SUB(s.game_date, INTERVAL 400 DAY)
  GROUP BY s.game_date, s.player_id
),
recent AS (
  SELECT
    u.game_date, u.player_id, b.is_starter, b.points, b.seconds_played, b.fga, b.fg3a, b.fta,
    b.plays_hundredths, b.source_score,
    u.games - b.nth AS games_ago,
    -- Half as much every 3, 5, 8 or 20 games, in whole numbers of 2^32: exact sums in any order.
    CAST(ROUND(4294967296 * POW(CAST(0.5 AS FLOAT64), (u.games - b.nth) / 3)) AS INT64) AS w3,
    CAST(ROUND(4294967296 * POW(CAST(0.5 AS FLOAT64), (u.games - b.nth) / 5)) AS INT64) AS w5,
    CAST(ROUND(4294967296 * POW(CAST(0.5 AS FLOAT64), (u.games - b.nth) / 8)) AS INT64) AS w8,
    CAST(ROUND(4294967296 * POW(CAST(0.5 AS FLOAT64), (u.games - b.nth) / 20)) AS INT64) AS w20
  FROM until AS u
  INNER JOIN numbered AS b
    ON b.player_id = u.player_id
    AND b.nth > u.games - 60
    AND b.game_date < u.game_date
    AND b.game_date >= DATE_SUB(u.game_date, INTERVAL 400 DAY)
),
sums AS (
  SELECT
    game_date, player_id,
    COUNT(games_ago) AS games,
    COUNT(IF(games_ago < 10, 1, NULL)) AS games_10,
    COUNT(IF(games_ago < 10 AND is_starter, 1, NULL)) AS starts_10,
    MAX(IF(games_ago = 0, seconds_played, NULL)) AS newest_seconds,
    SUM(w3) AS weights_3, SUM(w3 * points) AS points_3, SUM(w3 * seconds_played) AS seconds_3,
    SUM(w8) AS weights_8, SUM(w8 * points) AS points_8, SUM(w8 * seconds_played) AS seconds_8,
    SUM(w8 * fga) AS fga_8, SUM(w8 * fg3a) AS fg3a_8, SUM(w8 * fta) AS fta_8,
    SUM(w8 * plays_hundredths) AS plays_hundredths_8,
    SUM(w20) AS weights_20, SUM(w20 * points) AS points_20,
    SUM(w20 * seconds_played) AS seconds_20,
    SUM(w20 * plays_hundredths) AS plays_hundredths_20,
    SUM(IF(is_starter, w5, 0)) AS start_weights,
    SUM(IF(is_starter, w5 * seconds_played, 0)) AS start_seconds,
    SUM(IF(is_starter, 0, w5)) AS bench_weights,
    SUM(IF(is_starter, 0, w5 * seconds_played)) AS bench_seconds,
    MIN(source_score) AS source_score
  FROM recent
  GROUP BY game_date, player_id
),
days AS (
  SELECT
    game_date, SUM(points) AS points, SUM(plays_hundredths) AS plays_hundredths,
    SUM(seconds_played) AS seconds
  FROM boxes
  GROUP BY game_date
),
evenings AS (
  SELECT DISTINCT game_date FROM slate
),
league AS (
  SELECT
    e.game_date,
    60 * SAFE_DIVIDE(SUM(d.points), SUM(d.seconds)) AS points_per_minute,
    60 * SAFE_DIVIDE(SUM(d.plays_hundredths), 100 * SUM(d.seconds)) AS plays_per_minute
  FROM evenings AS e
  INNER JOIN days AS d
    ON d.game_date < e.game_date
    AND d.game_date >= DATE_SUB(e.game_date, INTERVAL 400 DAY)
  GROUP BY e.game_date
),
form AS (
  SELECT
    f.game_date, f.player_id, f.games, f.games_10, f.starts_10, f.newest_seconds, f.source_score,
    SAFE_DIVIDE(f.points_3, f.weights_3) AS points_ewma_3,
    SAFE_DIVIDE(f.points_20, f.weights_20) AS points_ewma_20,
    SAFE_DIVIDE(f.seconds_3, 60 * f.weights_3) AS minutes_ewma_3,
    SAFE_DIVIDE(f.seconds_8, 60 * f.weights_8) AS minutes_ewma_8,
    SAFE_DIVIDE(f.fga_8, f.weights_8) AS fga_ewma_8,
    SAFE_DIVIDE(f.fg3a_8, f.weights_8) AS fg3a_ewma_8,
    SAFE_DIVIDE(f.fta_8, f.weights_8) AS fta_ewma_8,
    60 * SAFE_DIVIDE(f.points_3, f.seconds_3) - 60 * SAFE_DIVIDE(f.points_20, f.seconds_20)
      AS points_per_minute_change,
    f.points_8 / 4294967296 AS points_8,
    f.plays_hundredths_8 / 429496729600 AS plays_8,
    f.seconds_8 / 257698037760 AS minutes_8,
    -- A rate of few minutes says little: 50 of the league's are added to his own.
    SAFE_DIVIDE(
      f.points_20 / 4294967296 + 50 * g.points_per_minute, f.seconds_20 / 257698037760 + 50
    ) AS long_points_per_minute,
    SAFE_DIVIDE(
      f.plays_hundredths_20 / 429496729600 + 50 * g.plays_per_minute,
      f.seconds_20 / 257698037760 + 50
    ) AS long_plays_per_minute,
    f.start_weights / 4294967296 AS starts, f.start_seconds / 257698037760 AS start_minutes,
    f.bench_weights / 4294967296 AS benchings, f.bench_seconds / 257698037760 AS bench_minutes
  FROM sums AS f
  LEFT JOIN league AS g
    ON g.game_date = f.game_date
)
SELECT
  s.game_date, s.player_id, s.season_year, s.player_name,
  COALESCE(f.games, 0) AS games_in_window,
  f.points_ewma_3, f.points_ewma_20, f.minutes_ewma_3, f.minutes_ewma_8, f.fga_ewma_8,
  f.fg3a_ewma_8, f.fta_ewma_8,
  -- Of the newest games there are some 300 minutes: 500 of the longer window hold them.
  SAFE_DIVIDE(f.points_8 + 500 * f.long_points_per_minute, f.minutes_8 + 500) AS points_per_minute,
  f.points_per_minute_change,
  SAFE_DIVIDE(f.plays_8 + 500 * f.long_plays_per_minute, f.minutes_8 + 500) AS plays_per_minute,
  -- One game of what such a man was given in 2021-23, for whom he is new in the role.
  SAFE_DIVIDE(f.start_minutes + 20 + f.minutes_ewma_8 / 2, f.starts + 1) AS minutes_as_starter,
  SAFE_DIVIDE(f.bench_minutes + 5 + CAST(0.6 AS FLOAT64) * f.minutes_ewma_8, f.benchings + 1)
    AS minutes_off_bench,
  SAFE_DIVIDE(f.starts_10, f.games_10) AS starts_share_last_10,
  f.newest_seconds / 60 AS minutes_last_game,
  COALESCE(s.completeness_pct >= 70, TRUE) AS is_production_ready,
  s.source,
  LEAST(s.source_score, COALESCE(f.source_score, s.source_score)) AS source_score,
  LEAST(s.source_score, COALESCE(f.source_score, s.source_score)) AS quality_score,
  CASE
    WHEN LEAST(s.source_score, COALESCE(f.source_score, s.source_score)) >= 95 THEN 'gold'
    WHEN LEAST(s.source_score, COALESCE(f.source_score, s.source_score)) >= 75 THEN 'silver'
    WHEN LEAST(s.source_score, COALESCE(f.source_score, s.source_score)) >= 50 THEN 'bronze'
    WHEN LEAST(s.source_score, COALESCE(f.source_score, s.source_score)) >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  s.completeness_pct, s.is_degraded, s.degraded_reasons, s.is_bootstrap
FROM slate AS s
LEFT JOIN form AS f
  ON f.game_date = s.game_date
  AND f.player_id = s.player_id
