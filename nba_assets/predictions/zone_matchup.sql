-- One row per player who is predicted, and cut-off: his season, and what the opponent allows where he shoots from.
WITH players AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, opponent, source, source_score,
    quality_score, quality_tier, completeness_pct, is_degraded, degraded_reasons, is_bootstrap
  FROM predictions.predicted_players
  WHERE game_date BETWEEN @start_date AND @end_date AND is_predicted
),
vectors AS (
  SELECT
    game_date, game_id, player_id, cutoff, points_avg_season, home, fatigue_score, pace_score,
    games_played_season, feature_hash
  FROM precompute.ml_feature_store
  WHERE game_date BETWEEN @start_date AND @end_date AND points_avg_season IS NOT NULL
),
shots AS (
  SELECT
    game_date, player_id, paint_attempts_per_game, mid_attempts_per_game, three_attempts_per_game
  FROM precompute.player_shot_zone_analysis
  WHERE game_date BETWEEN @start_date AND @end_date
),
defenses AS (
  SELECT game_date, team, paint_vs_league, mid_vs_league, three_vs_league
  FROM precompute.team_defense_zone_analysis
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- His attempts from a zone at what they are worth there; half of what the opponent allows more.
zones AS (
  SELECT
    s.game_date, s.player_id, d.team AS opponent,
    s.paint_attempts_per_game * d.paint_vs_league / 100 AS paint,
    s.mid_attempts_per_game * d.mid_vs_league / 100 AS mid,
    CAST(1.5 AS FLOAT64) * s.three_attempts_per_game * d.three_vs_league / 100 AS three
  FROM shots AS s
  INNER JOIN defenses AS d ON d.game_date = s.game_date
),
clamped AS (
  SELECT
    game_date, player_id, opponent,
    LEAST(GREATEST(paint, CAST(-3 AS FLOAT64)), CAST(3 AS FLOAT64)) AS paint,
    LEAST(GREATEST(mid, CAST(-3 AS FLOAT64)), CAST(3 AS FLOAT64)) AS mid,
    LEAST(GREATEST(three, CAST(-3 AS FLOAT64)), CAST(3 AS FLOAT64)) AS three
  FROM zones
),
terms AS (
  SELECT
    p.game_date, p.game_id, p.player_id, p.cutoff, v.games_played_season, v.feature_hash,
    v.points_avg_season AS form_points,
    -- 1 at home, -1 away, 0 at a neutral site.
    CAST(0.8 AS FLOAT64) * (2 * v.home - 1) AS venue_points,
    (v.fatigue_score - 100) / 20 AS fatigue_points,
    z.paint, z.mid, z.three,
    IF(
      COALESCE(z.paint, z.mid, z.three) IS NULL,
      NULL,
      COALESCE(z.paint, 0) + COALESCE(z.mid, 0) + COALESCE(z.three, 0)
    ) AS zone_points,
    CAST(0.4 AS FLOAT64) * v.pace_score AS pace_points
  FROM players AS p
  INNER JOIN vectors AS v
    ON v.game_date = p.game_date
    AND v.game_id = p.game_id
    AND v.player_id = p.player_id
    AND v.cutoff = p.cutoff
  LEFT JOIN clamped AS z
    ON z.game_date = p.game_date
    AND z.player_id = p.player_id
    AND z.opponent = p.opponent
),
sums AS (
  SELECT
    game_date, game_id, player_id, cutoff,
    form_points + venue_points + COALESCE(fatigue_points, 0) + COALESCE(zone_points, 0)
    + COALESCE(pace_points, 0) AS points
  FROM terms
)
SELECT
  p.game_date, p.game_id, p.player_id, p.cutoff, p.cutoff_at,
  'zone_matchup' AS system_id,
  LEAST(GREATEST(s.points, CAST(0 AS FLOAT64)), CAST(60 AS FLOAT64)) AS forecast_points,
  s.points NOT BETWEEN 0 AND 60 AS is_out_of_range,
  CAST(NULL AS FLOAT64) AS forecast_minutes,
  t.form_points, t.venue_points, t.fatigue_points, t.zone_points, t.pace_points,
  CAST(NULL AS FLOAT64) AS usage_points,
  t.games_played_season AS games_used,
  ARRAY_CONCAT(
    IF(t.fatigue_points IS NULL, ['fatigue'], []),
    IF(t.zone_points IS NULL, ['zone'], []),
    -- One of three: the term is there, and is of the others.
    IF(t.zone_points IS NOT NULL AND t.paint IS NULL, ['zone_paint'], []),
    IF(t.zone_points IS NOT NULL AND t.mid IS NULL, ['zone_mid'], []),
    IF(t.zone_points IS NOT NULL AND t.three IS NULL, ['zone_three'], []),
    IF(t.pace_points IS NULL, ['pace'], [])
  ) AS absent_terms,
  IF(FALSE, '', NULL) AS model_id,
  IF(FALSE, p.source_score, NULL) AS model_age_weeks,
  t.feature_hash,
  IF(FALSE, [''], []) AS input_digests,
  p.source, p.source_score, p.quality_score, p.quality_tier, p.completeness_pct, p.is_degraded,
  p.degraded_reasons, p.is_bootstrap
FROM players AS p
INNER JOIN terms AS t
  ON t.game_date = p.game_date
  AND t.game_id = p.game_id
  AND t.player_id = p.player_id
  AND t.cutoff = p.cutoff
INNER JOIN sums AS s
  ON s.game_date = p.game_date
  AND s.game_id = p.game_id
  AND s.player_id = p.player_id
  AND s.cutoff = p.cutoff
