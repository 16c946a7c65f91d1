-- One row per player of a team of the slate, and cut-off: who plays, who starts, and what that leaves him.
WITH men AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, season_year, team, opponent, status,
    available, is_expected_starter, source, source_score, completeness_pct, is_degraded,
    degraded_reasons, is_bootstrap
  FROM analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
),
sides AS (
  SELECT
    game_date, game_id, team, opponent, cutoff, season_year, pace_last_10,
    offensive_rating_last_10, defensive_rating_last_10, completeness_pct
  FROM analytics.upcoming_team_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
),
form AS (
  SELECT
    game_date, player_id, minutes_ewma_8, points_per_minute, plays_per_minute,
    minutes_as_starter, minutes_off_bench, starts_share_last_10, source_score
  FROM precompute.player_scoring_form
  WHERE game_date BETWEEN @start_date AND @end_date
),
boxes AS (
  SELECT
    game_date, game_id, season_year, team, player_id, played, player_status,
    COALESCE(is_starter, FALSE) AS is_starter, points, seconds_played
  FROM analytics.player_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND season_type IN ('regular', 'play_in', 'playoffs')
),
team_games AS (
  SELECT DISTINCT game_date, game_id, season_year, team FROM boxes
),
tonight AS (
  SELECT DISTINCT game_date, season_year, team FROM sides
),
last_games AS (
  SELECT
    t.game_date, t.team, g.game_date AS played_on, g.game_id,
    ROW_NUMBER() OVER (
      PARTITION BY t.game_date, t.team ORDER BY g.game_date DESC, g.game_id DESC
    ) - 1 AS games_ago
  FROM tonight AS t
  INNER JOIN team_games AS g
    ON g.team = t.team
    AND g.season_year = t.season_year
    AND g.game_date < t.game_date
    AND g.game_date >= DATE_SUB(t.game_date, INTERVAL 300 DAY)
),
weighed_games AS (
  SELECT
    game_date, team, played_on, game_id,
    -- Half as much every 2 games for who plays and starts, every 5 for what there was to do.
    CAST(ROUND(65536 * POW(CAST(0.5 AS FLOAT64), games_ago / 2)) AS INT64) AS w2,
    CAST(ROUND(65536 * POW(CAST(0.5 AS FLOAT64), games_ago / 5)) AS INT64) AS w5
  FROM last_games
  WHERE games_ago < 10
),
-- The men of a team's last ten games this season, as each box score lists them.
listed AS (
  SELECT
    g.game_date, g.team, g.game_id, g.w2, g.w5, b.player_id, b.played, b.player_status,
    b.is_starter, b.points, b.seconds_played
  FROM weighed_games AS g
  INNER JOIN boxes AS b
    ON b.game_id = g.game_id
    AND b.game_date = g.played_on
    AND b.team = g.team
),
team_weights AS (
  SELECT game_date, team, SUM(w2) AS weights
  FROM weighed_games
  GROUP BY game_date, team
),
attendance AS (
  SELECT
    game_date, team, player_id,
    COUNT(IF(played, 1, NULL)) AS games,
    SUM(IF(played, w2, 0)) AS played_weights,
    SUM(IF(player_status != 'inactive', w2, 0)) AS dressed_weights,
    SUM(IF(played AND is_starter, w2, 0)) AS start_weights
  FROM listed
  GROUP BY game_date, team, player_id
),
chances AS (
  SELECT
    m.game_date, m.game_id, m.player_id, m.cutoff, m.team,
    COALESCE(a.games, 0) AS games,
    CASE
      WHEN m.status IS NOT NULL AND NOT m.available THEN CAST(0 AS FLOAT64)
      -- Of the men who dress, those who have played of late; one game is that of a man with 16 minutes.
      WHEN m.status IS NOT NULL
        THEN IF(m.status = 'questionable', CAST(0.5 AS FLOAT64), CAST(1 AS FLOAT64))
        * SAFE_DIVIDE(
          COALESCE(a.played_weights, 0)
          + 65536 * LEAST(COALESCE(f.minutes_ewma_8, 0) / 16, CAST(1 AS FLOAT64)),
          COALESCE(a.dressed_weights, 0) + 65536
        )
      WHEN t.weights IS NULL THEN IF(m.available, CAST(1 AS FLOAT64), CAST(0 AS FLOAT64))
      ELSE COALESCE(SAFE_DIVIDE(a.played_weights, t.weights), CAST(0 AS FLOAT64))
    END AS play_chance,
    SAFE_DIVIDE(a.start_weights, a.played_weights) AS start_share,
    CASE
      WHEN m.is_expected_starter THEN CAST(1 AS FLOAT64)
      WHEN NOT m.is_expected_starter THEN CAST(0 AS FLOAT64)
      ELSE COALESCE(SAFE_DIVIDE(a.start_weights, a.played_weights), f.starts_share_last_10)
    END AS start_chance,
    f.minutes_as_starter, f.minutes_off_bench, f.points_per_minute, f.plays_per_minute,
    f.source_score
  FROM men AS m
  LEFT JOIN form AS f
    ON f.game_date = m.game_date
    AND f.player_id = m.player_id
  LEFT JOIN attendance AS a
    ON a.game_date = m.game_date
    AND a.team = m.team
    AND a.player_id = m.player_id
  LEFT JOIN team_weights AS t
    ON t.game_date = m.game_date
    AND t.team = m.team
),
roles AS (
  SELECT
    game_date, game_id, player_id, cutoff, team, games, play_chance, start_share, start_chance,
    points_per_minute, plays_per_minute, source_score,
    start_chance * minutes_as_starter + (1 - start_chance) * minutes_off_bench AS role_minutes
  FROM chances
),
-- What is likely of each man, in whole thousandths: a team's sum has one value. A man without a
-- game yet adds nothing.
likely AS (
  SELECT
    game_date, game_id, player_id, cutoff, team, games, play_chance, start_share, start_chance,
    role_minutes, points_per_minute, plays_per_minute, source_score,
    COALESCE(CAST(ROUND(1000 * play_chance * role_minutes) AS INT64), 0) AS milli_minutes,
    COALESCE(
      CAST(ROUND(1000 * play_chance * role_minutes * points_per_minute) AS INT64), 0
    ) AS milli_points,
    COALESCE(
      CAST(ROUND(1000 * play_chance * role_minutes * plays_per_minute) AS INT64), 0
    ) AS milli_plays
  FROM roles
),
teams AS (
  SELECT
    game_date, game_id, cutoff, team, SUM(milli_minutes) AS milli_minutes,
    SUM(milli_points) AS milli_points, SUM(milli_plays) AS milli_plays
  FROM likely
  GROUP BY game_date, game_id, cutoff, team
),
-- Of each of the ten games: what men did in it who are likely to be missing tonight, and what is
-- likely tonight of the men who were in it.
then_and_now AS (
  SELECT
    s.game_date, s.game_id, s.cutoff, s.team, l.game_id AS past_game_id,
    SUM(
      CAST(ROUND(l.seconds_played * (1 - COALESCE(k.play_chance, 0)) * 1000) AS INT64)
    ) AS gone_milliseconds,
    SUM(CAST(ROUND(l.points * (1 - COALESCE(k.play_chance, 0)) * 1000) AS INT64))
      AS gone_milli_points,
    SUM(COALESCE(k.milli_minutes, 0)) AS milli_minutes,
    SUM(COALESCE(k.milli_points, 0)) AS milli_points
  FROM sides AS s
  INNER JOIN listed AS l
    ON l.game_date = s.game_date
    AND l.team = s.team
  LEFT JOIN likely AS k
    ON k.game_date = s.game_date
    AND k.game_id = s.game_id
    AND k.cutoff = s.cutoff
    AND k.team = s.team
    AND k.player_id = l.player_id
  WHERE l.played
  GROUP BY s.game_date, s.game_id, s.cutoff, s.team, l.game_id
),
-- Against the games that he played himself: an absence of ten games is in his form already.
changes AS (
  SELECT
    k.game_date, k.game_id, k.player_id, k.cutoff,
    SUM(l.w5) AS weights,
    SUM(
      l.w5 * (
        p.gone_milliseconds
        - CAST(ROUND(l.seconds_played * (1 - k.play_chance) * 1000) AS INT64)
      )
    ) AS gone_milliseconds,
    SUM(
      l.w5 * (
        p.gone_milli_points - CAST(ROUND(l.points * (1 - k.play_chance) * 1000) AS INT64)
      )
    ) AS gone_milli_points,
    SUM(l.w5 * p.milli_minutes) AS milli_minutes,
    SUM(l.w5 * p.milli_points) AS milli_points
  FROM likely AS k
  INNER JOIN listed AS l
    ON l.game_date = k.game_date
    AND l.team = k.team
    AND l.player_id = k.player_id
  INNER JOIN then_and_now AS p
    ON p.game_date = k.game_date
    AND p.game_id = k.game_id
    AND p.cutoff = k.cutoff
    AND p.team = k.team
    AND p.past_game_id = l.game_id
  WHERE l.played
  GROUP BY k.game_date, k.game_id, k.player_id, k.cutoff
),
outlook AS (
  SELECT
    k.game_date, k.game_id, k.player_id, k.cutoff, k.games, k.play_chance, k.start_chance,
    k.start_chance - k.start_share AS start_change,
    k.role_minutes, k.points_per_minute, k.plays_per_minute,
    k.role_minutes * k.points_per_minute AS role_points,
    k.role_minutes * k.plays_per_minute AS role_plays,
    -- That he plays himself is given: the forecast is of the men who do.
    k.role_minutes + (t.milli_minutes - k.milli_minutes) / 1000 AS likely_team_minutes,
    k.role_minutes * k.points_per_minute + (t.milli_points - k.milli_points) / 1000
      AS likely_team_points,
    k.role_minutes * k.plays_per_minute + (t.milli_plays - k.milli_plays) / 1000
      AS likely_team_plays,
    SAFE_DIVIDE(h.gone_milliseconds, 60000 * h.weights) AS vacated_minutes,
    SAFE_DIVIDE(h.gone_milli_points, 1000 * h.weights) AS vacated_points,
    SAFE_DIVIDE(t.milli_minutes * h.weights - h.milli_minutes, 1000 * h.weights)
      AS returning_minutes,
    SAFE_DIVIDE(t.milli_points * h.weights - h.milli_points, 1000 * h.weights)
      AS returning_points,
    k.source_score
  FROM likely AS k
  INNER JOIN teams AS t
    ON t.game_date = k.game_date
    AND t.game_id = k.game_id
    AND t.cutoff = k.cutoff
    AND t.team = k.team
  LEFT JOIN changes AS h
    ON h.game_date = k.game_date
    AND h.game_id = k.game_id
    AND h.player_id = k.player_id
    AND h.cutoff = k.cutoff
),
matchups AS (
  SELECT
    own.game_date, own.game_id, own.team, own.cutoff, own.completeness_pct,
    (own.pace_last_10 + other.pace_last_10)
    * (own.offensive_rating_last_10 + other.defensive_rating_last_10) / 400
      AS expected_team_points,
    own.offensive_rating_last_10 - own.defensive_rating_last_10
    - other.offensive_rating_last_10 + other.defensive_rating_last_10 AS rating_difference
  FROM sides AS own
  LEFT JOIN sides AS other
    ON other.game_date = own.game_date
    AND other.game_id = own.game_id
    AND other.cutoff = own.cutoff
    AND other.team = own.opponent
),
judged AS (
  SELECT
    m.game_date, m.game_id, m.player_id, m.cutoff, x.expected_team_points, x.rating_difference,
    LEAST(m.source_score, COALESCE(k.source_score, m.source_score)) AS source_score,
    IF(
      COALESCE(m.completeness_pct, x.completeness_pct) IS NULL,
      NULL,
      LEAST(COALESCE(m.completeness_pct, 100), COALESCE(x.completeness_pct, 100))
    ) AS completeness_pct
  FROM men AS m
  INNER JOIN likely AS k
    ON k.game_date = m.game_date
    AND k.game_id = m.game_id
    AND k.player_id = m.player_id
    AND k.cutoff = m.cutoff
  LEFT JOIN matchups AS x
    ON x.game_date = m.game_date
    AND x.game_id = m.game_id
    AND x.team = m.team
    AND x.cutoff = m.cutoff
)
SELECT
  m.game_date, m.game_id, m.player_id, m.cutoff, m.cutoff_at, m.season_year, m.team, m.opponent,
  o.games AS games_with_team_last_10,
  o.play_chance, o.start_chance, o.start_change, o.role_minutes, o.likely_team_minutes,
  -- Half of what is missing to 240 falls to him in proportion: no man is given all of a void.
  o.role_minutes * SQRT(SAFE_DIVIDE(240, o.likely_team_minutes)) AS expected_minutes,
  o.role_points, o.likely_team_points,
  SAFE_DIVIDE(o.role_points, o.likely_team_points) AS points_share,
  SAFE_DIVIDE(o.role_plays, o.likely_team_plays) AS plays_share,
  o.vacated_minutes, o.vacated_points, o.returning_minutes, o.returning_points,
  j.expected_team_points, j.rating_difference,
  o.role_minutes * SQRT(SAFE_DIVIDE(240, o.likely_team_minutes)) * o.points_per_minute
    AS points_by_minutes,
  SAFE_DIVIDE(o.role_points, o.likely_team_points) * j.expected_team_points AS points_by_share,
  o.role_points * SQRT(
    SAFE_DIVIDE(COALESCE(j.expected_team_points, o.likely_team_points), o.likely_team_points)
  ) AS expected_points,
  COALESCE(j.completeness_pct >= 70, TRUE) AS is_production_ready,
  m.source, j.source_score, j.source_score AS quality_score,
  CASE
    WHEN j.source_score >= 95 THEN 'gold'
    WHEN j.source_score >= 75 THEN 'silver'
    WHEN j.source_score >= 50 THEN 'bronze'
    WHEN j.source_score >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  j.completeness_pct,
  m.is_degraded OR COALESCE(j.completeness_pct < 90, FALSE) AS is_degraded,
  ARRAY_CONCAT(
    m.degraded_reasons,
    IF(
      COALESCE(j.completeness_pct < 90, FALSE),
      ['fewer than 90 % of the expected games of him or of a team are published'],
      []
    )
  ) AS degraded_reasons,
  m.is_bootstrap
FROM men AS m
INNER JOIN outlook AS o
  ON o.game_date = m.game_date
  AND o.game_id = m.game_id
  AND o.player_id = m.player_id
  AND o.cutoff = m.cutoff
INNER JOIN judged AS j
  ON j.game_date = m.game_date
  AND j.game_id = m.game_id
  AND j.player_id = m.player_id
  AND j.cutoff = m.cutoff
