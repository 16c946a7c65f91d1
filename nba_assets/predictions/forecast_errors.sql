-- One row per system, player who was predicted and listed in the finished game, and cut-off: how far off it was.
WITH forecasts AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, system_id, forecast_points, forecast_minutes,
    model_id
  FROM predictions.system_point_forecasts
  WHERE game_date BETWEEN @start_date AND @end_date
),
players AS (
  SELECT game_date, game_id, player_id, cutoff, is_rotation
  FROM predictions.predicted_players
  WHERE game_date BETWEEN @start_date AND @end_date
),
boxes AS (
  SELECT
    game_date, game_id, player_id, season_year, season_type, played,
    IF(played, points, NULL) AS points,
    IF(played, minutes, NULL) AS minutes,
    source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
    degraded_reasons, is_bootstrap
  FROM analytics.player_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date
)
SELECT
  f.game_date, f.game_id, f.player_id, f.cutoff, f.cutoff_at, f.system_id, b.season_year,
  b.season_type, f.forecast_points, f.forecast_minutes,
  b.points AS actual_points,
  b.minutes AS actual_minutes,
  b.played,
  f.forecast_points - b.points AS error,
  p.is_rotation,
  b.played AND b.season_type = 'regular' AND p.is_rotation AS is_target,
  f.model_id, b.source, b.source_score, b.quality_score, b.quality_tier, b.completeness_pct,
  b.is_degraded, b.degraded_reasons, b.is_bootstrap
FROM forecasts AS f
INNER JOIN players AS p
  ON p.game_date = f.game_date
  AND p.game_id = f.game_id
  AND p.player_id = f.player_id
  AND p.cutoff = f.cutoff
INNER JOIN boxes AS b
  ON b.game_date = f.game_date
  AND b.game_id = f.game_id
  AND b.player_id = f.player_id
