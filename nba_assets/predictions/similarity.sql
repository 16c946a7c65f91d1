-- One row per player who is predicted, and cut-off: his points in the most similar of his games of the last 90 days.
WITH players AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, season_year, source, source_score,
    quality_score, quality_tier, completeness_pct, is_degraded, degraded_reasons, is_bootstrap
  FROM predictions.predicted_players
  WHERE game_date BETWEEN @start_date AND @end_date AND is_predicted
),
vectors AS (
  SELECT
    game_date, game_id, player_id, cutoff, feature_hash, opponent_def_rating, home,
    days_since_last_game, fatigue_score, shot_zone_mismatch, pace_score, usage_spike,
    -- In whole billionths: a difference of exactly 2 points is one, however it was divided.
    CAST(ROUND((points_avg_last_5 - points_avg_season) * 1000000000) AS INT64) AS nano_rise
  FROM precompute.ml_feature_store
  WHERE game_date BETWEEN @start_date AND @end_date
),
tonight AS (
  SELECT
    p.game_date, p.game_id, p.player_id, p.cutoff, p.season_year, v.home AS venue,
    CASE
      WHEN v.opponent_def_rating < 110 THEN 1
      WHEN v.opponent_def_rating < 115 THEN 2
      WHEN v.opponent_def_rating IS NOT NULL THEN 3
      ELSE NULL
    END AS tier,
    LEAST(v.days_since_last_game, 4) AS rest,
    CASE
      WHEN v.nano_rise >= 2000000000 THEN 1
      WHEN v.nano_rise <= -2000000000 THEN -1
      WHEN v.nano_rise IS NOT NULL THEN 0
      ELSE NULL
    END AS form
  FROM players AS p
  INNER JOIN vectors AS v
    ON v.game_date = p.game_date
    AND v.game_id = p.game_id
    AND v.player_id = p.player_id
    AND v.cutoff = p.cutoff
),
boxes AS (
  SELECT
    game_date, game_id, player_id, season_year, opponent, is_home, points,
    season_type != 'cup_final' AS counts
  FROM analytics.player_game_summary
  -- All of a season: the form before an old game is of the games from its first on.
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND played AND season_type IN ('regular', 'cup_final', 'play_in', 'playoffs')
),
steps AS (
  SELECT
    game_date, game_id, player_id, season_year, opponent, is_home, points, counts,
    -- Rest counts back from the old game; the cup final is a game that he rested from.
    DATE_DIFF(
      game_date,
      LAG(game_date) OVER (PARTITION BY player_id, season_year ORDER BY game_date, game_id),
      DAY
    ) AS days_after_last,
    COUNT(points) OVER (
      PARTITION BY player_id, season_year, counts ORDER BY game_date, game_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS games_before,
    SUM(points) OVER (
      PARTITION BY player_id, season_year, counts ORDER BY game_date, game_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS points_before,
    SUM(points) OVER (
      PARTITION BY player_id, season_year, counts ORDER BY game_date, game_id
      ROWS BETWEEN 5 PRECEDING AND 1 PRECEDING
    ) AS points_5
  FROM boxes
),
sites AS (
  SELECT game_date, game_id, is_neutral
  FROM raw.schedule
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 90 DAY) AND game_date < @end_date
),
-- Of an old date: what was known of a defence before that date's games.
defenses AS (
  SELECT game_date, team, defensive_rating_last_15
  FROM precompute.team_defense_zone_analysis
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 90 DAY) AND game_date < @end_date
),
old_games AS (
  SELECT
    s.game_date, s.game_id, s.player_id, s.season_year, s.points,
    CASE
      WHEN d.defensive_rating_last_15 < 110 THEN 1
      WHEN d.defensive_rating_last_15 < 115 THEN 2
      WHEN d.defensive_rating_last_15 IS NOT NULL THEN 3
      ELSE NULL
    END AS tier,
    LEAST(s.days_after_last, 4) AS rest,
    CASE
      WHEN a.is_neutral THEN CAST(0.5 AS FLOAT64)
      WHEN s.is_home THEN CAST(1 AS FLOAT64)
      ELSE CAST(0 AS FLOAT64)
    END AS venue,
    -- Last 5 against the season, both times 5 games: whole numbers.
    CASE
      WHEN s.games_before < 5 THEN NULL
      WHEN s.points_5 * s.games_before - 5 * s.points_before >= 10 * s.games_before THEN 1
      WHEN s.points_5 * s.games_before - 5 * s.points_before <= -10 * s.games_before THEN -1
      ELSE 0
    END AS form
  FROM steps AS s
  LEFT JOIN sites AS a
    ON a.game_date = s.game_date
    AND a.game_id = s.game_id
  LEFT JOIN defenses AS d
    ON d.game_date = s.game_date
    AND d.team = s.opponent
  WHERE s.counts
),
compared AS (
  SELECT
    t.game_date, t.game_id, t.player_id, t.cutoff, g.game_date AS old_date,
    g.game_id AS old_game_id, g.points,
    -- What is not known of either is not alike.
    CASE ABS(t.tier - g.tier) WHEN 0 THEN 40 WHEN 1 THEN 20 ELSE 0 END
    + CASE ABS(t.rest - g.rest) WHEN 0 THEN 30 WHEN 1 THEN 15 ELSE 0 END
    + IF(t.venue = g.venue, 15, 0)
    + CASE ABS(t.form - g.form) WHEN 0 THEN 15 WHEN 1 THEN 5 ELSE 0 END AS similarity
  FROM tonight AS t
  INNER JOIN old_games AS g
    ON g.player_id = t.player_id
    AND g.season_year = t.season_year
    AND g.game_date < t.game_date
    AND g.game_date >= DATE_SUB(t.game_date, INTERVAL 90 DAY)
),
alike AS (
  SELECT
    game_date, game_id, player_id, cutoff, similarity, points,
    ROW_NUMBER() OVER (
      PARTITION BY game_date, game_id, player_id, cutoff
      ORDER BY similarity DESC, old_date DESC, old_game_id DESC
    ) AS place
  FROM compared
  WHERE similarity >= 70
),
form AS (
  SELECT
    game_date, game_id, player_id, cutoff,
    COUNT(points) AS games,
    SAFE_DIVIDE(SUM(similarity * points), SUM(similarity)) AS points
  FROM alike
  WHERE place <= 20
  GROUP BY game_date, game_id, player_id, cutoff
),
terms AS (
  SELECT
    f.game_date, f.game_id, f.player_id, f.cutoff, f.games, v.feature_hash,
    f.points AS form_points,
    (v.fatigue_score - 100) / 20 AS fatigue_points,
    CAST(0.4 AS FLOAT64) * v.shot_zone_mismatch AS zone_points,
    CAST(0.8 AS FLOAT64) * v.pace_score AS pace_points,
    CAST(0.8 AS FLOAT64) * v.usage_spike AS usage_points
  FROM form AS f
  INNER JOIN vectors AS v
    ON v.game_date = f.game_date
    AND v.game_id = f.game_id
    AND v.player_id = f.player_id
    AND v.cutoff = f.cutoff
  WHERE f.games >= 5
),
sums AS (
  SELECT
    game_date, game_id, player_id, cutoff, games, feature_hash, form_points, fatigue_points,
    zone_points, pace_points, usage_points,
    form_points + COALESCE(fatigue_points, 0) + COALESCE(zone_points, 0)
    + COALESCE(pace_points, 0) + COALESCE(usage_points, 0) AS points
  FROM terms
)
SELECT
  p.game_date, p.game_id, p.player_id, p.cutoff, p.cutoff_at,
  'similarity' AS system_id,
  LEAST(GREATEST(s.points, CAST(0 AS FLOAT64)), CAST(60 AS FLOAT64)) AS forecast_points,
  s.points NOT BETWEEN 0 AND 60 AS is_out_of_range,
  CAST(NULL AS FLOAT64) AS forecast_minutes,
  s.form_points,
  CAST(NULL AS FLOAT64) AS venue_points,
  s.fatigue_points, s.zone_points, s.pace_points, s.usage_points,
  s.games AS games_used,
  ARRAY_CONCAT(
    IF(s.fatigue_points IS NULL, ['fatigue'], []),
    IF(s.zone_points IS NULL, ['zone'], []),
    IF(s.pace_points IS NULL, ['pace'], []),
    IF(s.usage_points IS NULL, ['usage'], [])
  ) AS absent_terms,
  IF(FALSE, '', NULL) AS model_id,
  IF(FALSE, p.source_score, NULL) AS model_age_weeks,
  s.feature_hash,
  IF(FALSE, [''], []) AS input_digests,
  p.source, p.source_score, p.quality_score, p.quality_tier, p.completeness_pct, p.is_degraded,
  p.degraded_reasons, p.is_bootstrap
FROM players AS p
INNER JOIN sums AS s
  ON s.game_date = p.game_date
  AND s.game_id = p.game_id
  AND s.player_id = p.player_id
  AND s.cutoff = p.cutoff
