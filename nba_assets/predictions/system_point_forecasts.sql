-- One row per system, player who is predicted, and cut-off: what each member of the ensembles forecasts.
SELECT
  game_date, game_id, player_id, cutoff, cutoff_at, system_id, forecast_points, is_out_of_range,
  forecast_minutes, form_points, venue_points, fatigue_points, zone_points, pace_points,
  usage_points, games_used, absent_terms, model_id, model_age_weeks, feature_hash, input_digests,
  source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
  degraded_reasons, is_bootstrap
FROM predictions.line
WHERE game_date BETWEEN @start_date AND @end_date
UNION ALL
SELECT
  game_date, game_id, player_id, cutoff, cutoff_at, system_id, forecast_points, is_out_of_range,
  forecast_minutes, form_points, venue_points, fatigue_points, zone_points, pace_points,
  usage_points, games_used, absent_terms, model_id, model_age_weeks, feature_hash, input_digests,
  source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
  degraded_reasons, is_bootstrap
FROM predictions.ewma
WHERE game_date BETWEEN @start_date AND @end_date
UNION ALL
SELECT
  game_date, game_id, player_id, cutoff, cutoff_at, system_id, forecast_points, is_out_of_range,
  forecast_minutes, form_points, venue_points, fatigue_points, zone_points, pace_points,
  usage_points, games_used, absent_terms, model_id, model_age_weeks, feature_hash, input_digests,
  source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
  degraded_reasons, is_bootstrap
FROM predictions.moving_average
WHERE game_date BETWEEN @start_date AND @end_date
UNION ALL
SELECT
  game_date, game_id, player_id, cutoff, cutoff_at, system_id, forecast_points, is_out_of_range,
  forecast_minutes, form_points, venue_points, fatigue_points, zone_points, pace_points,
  usage_points, games_used, absent_terms, model_id, model_age_weeks, feature_hash, input_digests,
  source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
  degraded_reasons, is_bootstrap
FROM predictions.zone_matchup
WHERE game_date BETWEEN @start_date AND @end_date
UNION ALL
SELECT
  game_date, game_id, player_id, cutoff, cutoff_at, system_id, forecast_points, is_out_of_range,
  forecast_minutes, form_points, venue_points, fatigue_points, zone_points, pace_points,
  usage_points, games_used, absent_terms, model_id, model_age_weeks, feature_hash, input_digests,
  source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
  degraded_reasons, is_bootstrap
FROM predictions.similarity
WHERE game_date BETWEEN @start_date AND @end_date
UNION ALL
SELECT
  game_date, game_id, player_id, cutoff, cutoff_at, system_id, forecast_points, is_out_of_range,
  forecast_minutes, form_points, venue_points, fatigue_points, zone_points, pace_points,
  usage_points, games_used, absent_terms, model_id, model_age_weeks, feature_hash, input_digests,
  source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
  degraded_reasons, is_bootstrap
FROM predictions.catboost
WHERE game_date BETWEEN @start_date AND @end_date
UNION ALL
SELECT
  game_date, game_id, player_id, cutoff, cutoff_at, system_id, forecast_points, is_out_of_range,
  forecast_minutes, form_points, venue_points, fatigue_points, zone_points, pace_points,
  usage_points, games_used, absent_terms, model_id, model_age_weeks, feature_hash, input_digests,
  source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
  degraded_reasons, is_bootstrap
FROM predictions.catboost_with_line
WHERE game_date BETWEEN @start_date AND @end_date
