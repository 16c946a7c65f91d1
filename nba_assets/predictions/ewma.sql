-- One row per player who is predicted, and cut-off: his points of the season, weighted with a half-life of 8 games.
WITH players AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, source, source_score, quality_score,
    quality_tier, completeness_pct, is_degraded, degraded_reasons, is_bootstrap
  FROM predictions.predicted_players
  WHERE game_date BETWEEN @start_date AND @end_date AND is_predicted
),
vectors AS (
  SELECT game_date, game_id, player_id, cutoff, points_ewma, games_played_season, feature_hash
  FROM precompute.ml_feature_store
  WHERE game_date BETWEEN @start_date AND @end_date AND points_ewma IS NOT NULL
)
SELECT
  p.game_date, p.game_id, p.player_id, p.cutoff, p.cutoff_at,
  'ewma' AS system_id,
  LEAST(GREATEST(v.points_ewma, CAST(0 AS FLOAT64)), CAST(60 AS FLOAT64)) AS forecast_points,
  v.points_ewma NOT BETWEEN 0 AND 60 AS is_out_of_range,
  CAST(NULL AS FLOAT64) AS forecast_minutes,
  v.points_ewma AS form_points,
  CAST(NULL AS FLOAT64) AS venue_points,
  CAST(NULL AS FLOAT64) AS fatigue_points,
  CAST(NULL AS FLOAT64) AS zone_points,
  CAST(NULL AS FLOAT64) AS pace_points,
  CAST(NULL AS FLOAT64) AS usage_points,
  v.games_played_season AS games_used,
  IF(FALSE, [''], []) AS absent_terms,
  IF(FALSE, '', NULL) AS model_id,
  IF(FALSE, p.source_score, NULL) AS model_age_weeks,
  v.feature_hash,
  IF(FALSE, [''], []) AS input_digests,
  p.source, p.source_score, p.quality_score, p.quality_tier, p.completeness_pct, p.is_degraded,
  p.degraded_reasons, p.is_bootstrap
FROM players AS p
INNER JOIN vectors AS v
  ON v.game_date = p.game_date
  AND v.game_id = p.game_id
  AND v.player_id = p.player_id
  AND v.cutoff = p.cutoff
