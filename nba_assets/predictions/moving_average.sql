-- One row per player who is predicted, and cut-off: 0.5 last 5 + 0.3 last 10 + 0.2 season, and his adjustments.
WITH players AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, source, source_score, quality_score,
    quality_tier, completeness_pct, is_degraded, degraded_reasons, is_bootstrap
  FROM predictions.predicted_players
  WHERE game_date BETWEEN @start_date AND @end_date AND is_predicted
),
terms AS (
  SELECT
    game_date, game_id, player_id, cutoff, games_played_season, feature_hash,
    CAST(0.5 AS FLOAT64) * points_avg_last_5
    + CAST(0.3 AS FLOAT64) * points_avg_last_10
    + CAST(0.2 AS FLOAT64) * points_avg_season AS form_points,
    -- 1 at home, -1 away, 0 at a neutral site.
    CAST(0.5 AS FLOAT64) * (2 * home - 1) AS venue_points,
    (fatigue_score - 100) / 20 AS fatigue_points,
    CAST(0.3 AS FLOAT64) * shot_zone_mismatch AS zone_points,
    CAST(0.3 AS FLOAT64) * pace_score AS pace_points,
    CAST(0.4 AS FLOAT64) * usage_spike AS usage_points
  FROM precompute.ml_feature_store
  WHERE game_date BETWEEN @start_date AND @end_date
),
sums AS (
  SELECT
    game_date, game_id, player_id, cutoff, games_played_season, feature_hash, form_points,
    venue_points, fatigue_points, zone_points, pace_points, usage_points,
    form_points + venue_points + COALESCE(fatigue_points, 0) + COALESCE(zone_points, 0)
    + COALESCE(pace_points, 0) + COALESCE(usage_points, 0) AS points
  FROM terms
  WHERE form_points IS NOT NULL
)
SELECT
  p.game_date, p.game_id, p.player_id, p.cutoff, p.cutoff_at,
  'moving_average' AS system_id,
  LEAST(GREATEST(s.points, CAST(0 AS FLOAT64)), CAST(60 AS FLOAT64)) AS forecast_points,
  s.points NOT BETWEEN 0 AND 60 AS is_out_of_range,
  CAST(NULL AS FLOAT64) AS forecast_minutes,
  s.form_points, s.venue_points, s.fatigue_points, s.zone_points, s.pace_points, s.usage_points,
  s.games_played_season AS games_used,
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
