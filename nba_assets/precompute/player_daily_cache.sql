-- One row per player of the date's slate: his form before the date's first tip.
WITH slate AS (
  SELECT
    game_date, game_id, player_id, season_year, team, opponent, player_name, age,
    games_last_7_days, games_last_14_days, minutes_last_7_days, minutes_last_14_days,
    games_played_season, points_avg_last_5, points_avg_last_10, minutes_avg_last_10,
    minutes_avg_season, usage_last_10, games_in_last_10,
    source, source_score, is_degraded, degraded_reasons, is_bootstrap
  FROM analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
  -- Form is the date's: whoever is listed only at lock has no other row.
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_date, player_id ORDER BY IF(cutoff = 'morning', 0, 1), game_id
  ) = 1
),
teams AS (
  SELECT game_date, game_id, team, pace_last_10, offensive_rating_last_10
  FROM analytics.upcoming_team_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_date, game_id, team ORDER BY IF(cutoff = 'morning', 0, 1), game_id
  ) = 1
),
shares AS (
  SELECT
    game_date, player_id, paint_share / 100 AS paint_share, mid_share / 100 AS mid_share,
    three_share / 100 AS three_share, assisted_share / 100 AS assisted_share
  FROM precompute.player_shot_zone_analysis
  WHERE game_date BETWEEN @start_date AND @end_date
),
boxes AS (
  SELECT
    game_date, game_id, player_id, season_year, team, opponent, played, points, seconds_played,
    fga, fta, ftm, source_score,
    -- Floats are summed as whole billionths: their sum does not depend on the order of the rows.
    CAST(ROUND(usage_rate * 1000000000) AS INT64) AS usage_billionths,
    played AND season_type != 'cup_final' AS counts
  FROM analytics.player_game_summary
  -- Three years, and a summer more: whether they are whole shows in a date before them.
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 1296 DAY) AND game_date < @end_date
    AND season_type IN ('regular', 'cup_final', 'play_in', 'playoffs')
),
numbered AS (
  SELECT
    game_date, game_id, player_id, season_year, played, counts, points, seconds_played, fga, fta,
    ftm, usage_billionths, source_score,
    ROW_NUMBER() OVER (
      PARTITION BY player_id, season_year, counts ORDER BY game_date, game_id
    ) AS nth
  FROM boxes
),
until AS (
  SELECT
    s.game_date, s.player_id, s.season_year,
    COALESCE(MAX(IF(b.counts, b.nth, NULL)), 0) AS games,
    MAX(b.game_date) AS newest_box_date,
    MAX(IF(b.played, b.game_date, NULL)) AS newest_game_date
  FROM slate AS s
  INNER JOIN numbered AS b
    ON b.player_id = s.player_id
    AND b.season_year = s.season_year
    AND b.game_date < s.game_date
  GROUP BY s.game_date, s.player_id, s.season_year
),
season AS (
  SELECT
    u.game_date, u.player_id, b.game_date AS box_date, b.points, b.seconds_played, b.fga, b.fta,
    b.ftm, b.usage_billionths, b.source_score,
    u.games - b.nth AS games_ago,
    -- Whole numbers of 2^40: exact sums, whatever their order.
    CAST(
      ROUND(1099511627776 * POW(CAST(0.5 AS FLOAT64), (u.games - b.nth) / 8)) AS INT64
    ) AS weight
  FROM until AS u
  INNER JOIN numbered AS b
    ON b.player_id = u.player_id
    AND b.season_year = u.season_year
    AND b.game_date < u.game_date
  WHERE b.counts
),
form AS (
  SELECT
    game_date, player_id,
    COUNT(box_date) AS games,
    COUNT(IF(games_ago < 20, 1, NULL)) AS games_20,
    COUNT(IF(games_ago < 10, 1, NULL)) AS games_10,
    SUM(IF(games_ago < 3, points, NULL)) AS points_1_to_3,
    SUM(IF(games_ago BETWEEN 3 AND 4, points, NULL)) AS points_4_to_5,
    SUM(IF(games_ago < 10, points, NULL)) AS points_10,
    SUM(IF(games_ago < 10, points * points, NULL)) AS squared_points_10,
    SUM(IF(games_ago < 20, points, NULL)) AS points_20,
    SUM(points) AS points,
    SUM(weight * points) AS weighted_points,
    SUM(weight) AS weights,
    SUM(IF(games_ago < 10, seconds_played, NULL)) AS seconds_10,
    SUM(IF(games_ago < 10, seconds_played * seconds_played, NULL)) AS squared_seconds_10,
    SUM(seconds_played) AS seconds,
    SUM(IF(games_ago < 10, fga, NULL)) AS fga_10,
    SUM(IF(games_ago < 10, fta, NULL)) AS fta_10,
    SUM(IF(games_ago < 10, ftm, NULL)) AS ftm_10,
    SUM(usage_billionths) AS usage_billionths,
    COUNT(usage_billionths) AS games_with_usage,
    MIN(source_score) AS source_score,
    MIN(IF(games_ago < 10, box_date, NULL)) AS window_from
  FROM season
  GROUP BY game_date, player_id
),
seasons AS (
  SELECT
    player_id, season_year,
    SUM(IF(counts, points, NULL)) AS points,
    COUNT(IF(counts, 1, NULL)) AS games,
    MAX(game_date) AS newest_box_date,
    MAX(IF(played, game_date, NULL)) AS newest_game_date
  FROM boxes
  GROUP BY player_id, season_year
),
earlier AS (
  SELECT
    s.game_date, s.player_id,
    MAX(IF(e.season_year = s.season_year - 1, e.points, NULL)) AS prior_points,
    MAX(IF(e.season_year = s.season_year - 1, e.games, NULL)) AS prior_games,
    MAX(
      IF(
        e.newest_game_date >= DATE_SUB(s.game_date, INTERVAL 1096 DAY), e.newest_game_date, NULL
      )
    ) AS newest_game_date
  FROM slate AS s
  INNER JOIN seasons AS e
    ON e.player_id = s.player_id
    AND e.season_year < s.season_year
    AND e.newest_box_date < s.game_date
  GROUP BY s.game_date, s.player_id
),
meetings AS (
  SELECT s.game_date, s.player_id, SUM(b.points) AS points, COUNT(b.game_id) AS games
  FROM slate AS s
  INNER JOIN boxes AS b
    ON b.player_id = s.player_id
    AND b.opponent = s.opponent
    AND b.game_date < s.game_date
    AND b.game_date >= DATE_SUB(s.game_date, INTERVAL 1096 DAY)
  WHERE b.counts
  GROUP BY s.game_date, s.player_id
),
days AS (
  SELECT DISTINCT game_date FROM boxes
),
evenings AS (
  SELECT DISTINCT game_date FROM slate
),
origins AS (
  SELECT e.game_date, MIN(d.game_date) AS history_from
  FROM evenings AS e
  INNER JOIN days AS d
    ON d.game_date < e.game_date
    AND d.game_date >= DATE_SUB(e.game_date, INTERVAL 1296 DAY)
  GROUP BY e.game_date
),
expected AS (
  SELECT game_date, game_id, season_year, home_team AS team
  FROM raw.schedule
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND status NOT IN ('postponed', 'cancelled')
    AND season_type IN ('regular', 'cup_final', 'play_in', 'playoffs')
  UNION ALL
  SELECT game_date, game_id, season_year, away_team AS team
  FROM raw.schedule
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND status NOT IN ('postponed', 'cancelled')
    AND season_type IN ('regular', 'cup_final', 'play_in', 'playoffs')
),
-- A game is there when his form could have come of it: its box lists men of the team.
published AS (
  SELECT DISTINCT game_id, team FROM boxes
),
games AS (
  SELECT
    e.game_date, e.game_id, e.season_year, e.team,
    IF(p.game_id IS NULL, NULL, e.game_id) AS published_id,
    IF(p.game_id IS NULL, NULL, e.game_date) AS published_on
  FROM expected AS e
  LEFT JOIN published AS p
    ON p.game_id = e.game_id
    AND p.team = e.team
),
sides AS (
  SELECT DISTINCT game_date, season_year, team FROM slate
),
inputs AS (
  SELECT
    s.game_date, s.team, MAX(g.published_on) AS newest_input_date,
    MAX(g.game_date) AS newest_expected_date
  FROM sides AS s
  INNER JOIN games AS g
    ON g.team = s.team
    AND g.season_year = s.season_year
    AND g.game_date < s.game_date
    AND g.game_date >= DATE_SUB(s.game_date, INTERVAL 300 DAY)
  GROUP BY s.game_date, s.team
),
arrivals AS (
  SELECT player_id, season_year, team, game_date, game_id
  FROM boxes
  QUALIFY team IS DISTINCT FROM LAG(team) OVER (
    PARTITION BY player_id, season_year ORDER BY game_date, game_id
  )
),
stints AS (
  SELECT
    player_id, season_year, team, game_date AS from_date,
    -- The next team's first day; one on the date or after it cuts nothing that is counted.
    LAG(game_date) OVER (
      PARTITION BY player_id, season_year ORDER BY game_date DESC, game_id DESC
    ) AS before_date
  FROM arrivals
),
spans AS (
  SELECT
    u.game_date, u.player_id, u.season_year, t.team,
    GREATEST(f.window_from, t.from_date) AS from_date,
    LEAST(
      COALESCE(t.before_date, u.game_date), CAST(DATE_ADD(u.newest_box_date, INTERVAL 1 DAY) AS DATE)
    ) AS before_date
  FROM until AS u
  INNER JOIN form AS f
    ON f.game_date = u.game_date
    AND f.player_id = u.player_id
  INNER JOIN stints AS t
    ON t.player_id = u.player_id
    AND t.season_year = u.season_year
    AND t.from_date < u.game_date
  UNION ALL
  SELECT
    s.game_date, s.player_id, s.season_year, s.team,
    CAST(DATE_ADD(u.newest_box_date, INTERVAL 1 DAY) AS DATE) AS from_date,
    s.game_date AS before_date
  FROM slate AS s
  INNER JOIN until AS u
    ON u.game_date = s.game_date
    AND u.player_id = s.player_id
  WHERE u.games > 0
),
coverage AS (
  SELECT
    p.game_date, p.player_id,
    SAFE_DIVIDE(100 * COUNT(g.published_id), COUNT(g.game_id)) AS completeness_pct
  FROM spans AS p
  INNER JOIN games AS g
    ON g.team = p.team
    AND g.season_year = p.season_year
    AND g.game_date >= p.from_date
    AND g.game_date < p.before_date
    AND g.game_date < p.game_date
  GROUP BY p.game_date, p.player_id
)
SELECT
  s.game_date, s.player_id, s.season_year, s.team, s.opponent, s.player_name, s.age,
  s.games_last_7_days, s.games_last_14_days, s.minutes_last_7_days, s.minutes_last_14_days,
  s.games_played_season, s.points_avg_last_5, s.points_avg_last_10, s.minutes_avg_last_10,
  s.minutes_avg_season, s.usage_last_10, s.games_in_last_10,
  IF(f.games_20 >= 5, SAFE_DIVIDE(f.points_20, f.games_20), NULL) AS points_avg_last_20,
  COALESCE(f.games_20, 0) AS games_in_last_20,
  SAFE_DIVIDE(f.points, f.games) AS points_avg_season,
  SAFE_DIVIDE(f.weighted_points, f.weights) AS points_ewma,
  IF(
    f.games_10 >= 5,
    SQRT(
      SAFE_DIVIDE(
        f.games_10 * f.squared_points_10 - f.points_10 * f.points_10,
        f.games_10 * (f.games_10 - 1)
      )
    ),
    NULL
  ) AS points_std_last_10,
  IF(
    f.games_10 >= 5,
    SQRT(
      SAFE_DIVIDE(
        f.games_10 * f.squared_seconds_10 - f.seconds_10 * f.seconds_10,
        f.games_10 * (f.games_10 - 1)
      )
    ) / 60,
    NULL
  ) AS minutes_std_last_10,
  -- In sixths, divided once: a trend of exactly 2 or 5 points is one.
  IF(f.games >= 5, (2 * f.points_1_to_3 - 3 * f.points_4_to_5) / 6, NULL) AS points_trend,
  IF(
    f.games_10 >= 5,
    SAFE_DIVIDE(f.seconds_10 * f.games - f.seconds * f.games_10, f.seconds * f.games_10),
    NULL
  ) AS minutes_change,
  SAFE_DIVIDE(f.usage_billionths, 1000000000 * f.games_with_usage) AS usage_season,
  IF(
    f.games_10 >= 5,
    SAFE_DIVIDE(f.points_10, 2 * (f.fga_10 + CAST(0.44 AS FLOAT64) * f.fta_10)),
    NULL
  ) AS ts_last_10,
  IF(
    f.games_10 >= 5,
    LEAST(SAFE_DIVIDE(f.ftm_10, f.points_10), CAST(0.5 AS FLOAT64)),
    NULL
  ) AS free_throw_points_share_last_10,
  IF(
    f.games_10 >= 5, SAFE_DIVIDE(60 * f.points_10, f.seconds_10), NULL
  ) AS points_per_minute_last_10,
  t.pace_last_10 AS team_pace_last_10,
  t.offensive_rating_last_10 AS team_offensive_rating_last_10,
  z.paint_share AS paint_share_last_10,
  z.mid_share AS mid_share_last_10,
  z.three_share AS three_share_last_10,
  z.assisted_share AS assisted_share_last_10,
  SAFE_DIVIDE(e.prior_points, e.prior_games) AS points_avg_prior_season,
  COALESCE(e.prior_games, 0) AS games_prior_season,
  SAFE_DIVIDE(m.points, m.games) AS points_avg_vs_opponent,
  COALESCE(m.games, 0) AS games_vs_opponent,
  o.history_from,
  COALESCE(u.newest_game_date, e.newest_game_date) AS newest_game_date,
  i.newest_input_date,
  DATE_DIFF(i.newest_expected_date, i.newest_input_date, DAY) AS newest_input_age_days,
  CASE
    WHEN s.games_in_last_10 >= 10 THEN 'excellent'
    WHEN s.games_in_last_10 >= 7 THEN 'good'
    WHEN s.games_in_last_10 >= 5 THEN 'limited'
    ELSE 'insufficient'
  END AS sample_label,
  COALESCE(c.completeness_pct >= 70, TRUE) AS is_production_ready,
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
  c.completeness_pct,
  s.is_degraded OR COALESCE(c.completeness_pct < 90, FALSE) AS is_degraded,
  ARRAY_CONCAT(
    s.degraded_reasons,
    IF(
      COALESCE(c.completeness_pct < 90, FALSE),
      ['fewer than 90 % of the games since his last ten began are published'],
      []
    )
  ) AS degraded_reasons,
  s.is_bootstrap
FROM slate AS s
LEFT JOIN teams AS t
  ON t.game_date = s.game_date
  AND t.game_id = s.game_id
  AND t.team = s.team
LEFT JOIN shares AS z
  ON z.game_date = s.game_date
  AND z.player_id = s.player_id
LEFT JOIN until AS u
  ON u.game_date = s.game_date
  AND u.player_id = s.player_id
LEFT JOIN form AS f
  ON f.game_date = s.game_date
  AND f.player_id = s.player_id
LEFT JOIN earlier AS e
  ON e.game_date = s.game_date
  AND e.player_id = s.player_id
LEFT JOIN meetings AS m
  ON m.game_date = s.game_date
  AND m.player_id = s.player_id
LEFT JOIN origins AS o
  ON o.game_date = s.game_date
LEFT JOIN inputs AS i
  ON i.game_date = s.game_date
  AND i.team = s.team
LEFT JOIN coverage AS c
  ON c.game_date = s.game_date
  AND c.player_id = s.player_id
