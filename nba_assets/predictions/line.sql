-- One row per player who is predicted and has a line, and cut-off: the consensus line itself.
WITH players AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, source, source_score, quality_score,
    quality_tier, completeness_pct, is_degraded, degraded_reasons, is_bootstrap
  FROM predictions.predicted_players
  WHERE game_date BETWEEN @start_date AND @end_date AND is_predicted
),
vectors AS (
  SELECT game_date, game_id, player_id, cutoff, feature_hash
  FROM precompute.ml_feature_store
  WHERE game_date BETWEEN @start_date AND @end_date
),
consensus AS (
  SELECT game_date, game_id, player_id, cutoff, points_line
  FROM analytics.player_line_consensus
  WHERE game_date BETWEEN @start_date AND @end_date
)
SELECT
  p.game_date, p.game_id, p.player_id, p.cutoff, p.cutoff_at,
  'line' AS system_id,
  LEAST(GREATEST(c.points_line, CAST(0 AS FLOAT64)), CAST(60 AS FLOAT64)) AS forecast_points,
  c.points_line NOT BETWEEN 0 AND 60 AS is_out_of_range,
  CAST(NULL AS FLOAT64) AS forecast_minutes,
  CAST(NULL AS FLOAT64) AS form_points,
  CAST(NULL AS FLOAT64) AS venue_points,
  CAST(NULL AS FLOAT64) AS fatigue_points,
  CAST(NULL AS FLOAT64) AS zone_points,
  CAST(NULL AS FLOAT64) AS pace_points,
  CAST(NULL AS FLOAT64) AS usage_points,
  IF(FALSE, p.source_score, NULL) AS games_used,
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
INNER JOIN consensus AS c
  ON c.game_date = p.game_date
  AND c.game_id = p.game_id
  AND c.player_id = p.player_id
  AND c.cutoff = p.cutoff
