-- One row per player of the slate, cut-off and system that does not predict him: the reason.
WITH players AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, team, player_name, is_predicted, skip_reason,
    source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
    degraded_reasons, is_bootstrap
  FROM predictions.predicted_players
  WHERE game_date BETWEEN @start_date AND @end_date
),
systems AS (
  SELECT system_id
  FROM UNNEST([
    'line', 'ewma', 'moving_average', 'zone_matchup', 'similarity', 'catboost',
    'catboost_with_line', 'ensemble_fixed', 'ensemble'
  ]) AS system_id
),
forecasts AS (
  SELECT game_date, game_id, player_id, cutoff, system_id
  FROM predictions.system_point_forecasts
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT game_date, game_id, player_id, cutoff, system_id
  FROM predictions.ensemble_fixed
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION ALL
  SELECT game_date, game_id, player_id, cutoff, system_id
  FROM predictions.ensemble
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- Whoever forecasts somebody of a date and cut-off has a model there, also where the table of all
-- systems is held.
speaking AS (
  SELECT game_date, cutoff, system_id FROM forecasts
  UNION DISTINCT
  SELECT game_date, cutoff, system_id
  FROM predictions.catboost
  WHERE game_date BETWEEN @start_date AND @end_date
  UNION DISTINCT
  SELECT game_date, cutoff, system_id
  FROM predictions.catboost_with_line
  WHERE game_date BETWEEN @start_date AND @end_date
),
skips AS (
  SELECT game_date, game_id, player_id, cutoff, 'all' AS system_id, skip_reason
  FROM players
  WHERE NOT is_predicted
  UNION ALL
  SELECT
    p.game_date, p.game_id, p.player_id, p.cutoff, s.system_id,
    IF(
      k.system_id IS NULL AND s.system_id IN ('catboost', 'catboost_with_line'),
      'no_model',
      'no_value'
    ) AS skip_reason
  FROM players AS p
  CROSS JOIN systems AS s
  LEFT JOIN forecasts AS f
    ON f.game_date = p.game_date
    AND f.game_id = p.game_id
    AND f.player_id = p.player_id
    AND f.cutoff = p.cutoff
    AND f.system_id = s.system_id
  LEFT JOIN speaking AS k
    ON k.game_date = p.game_date
    AND k.cutoff = p.cutoff
    AND k.system_id = s.system_id
  WHERE p.is_predicted AND f.system_id IS NULL
)
SELECT
  p.game_date, p.game_id, p.player_id, p.cutoff, p.cutoff_at, s.system_id, p.team, p.player_name,
  s.skip_reason, p.source, p.source_score, p.quality_score, p.quality_tier, p.completeness_pct,
  p.is_degraded, p.degraded_reasons, p.is_bootstrap
FROM players AS p
INNER JOIN skips AS s
  ON s.game_date = p.game_date
  AND s.game_id = p.game_id
  AND s.player_id = p.player_id
  AND s.cutoff = p.cutoff
