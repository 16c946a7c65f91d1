-- One row per player of a team of the slate, and cut-off: whether he is predicted, and why not.
WITH players AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, nba_game_id, season_year, season_type, team,
    opponent, is_home, player_name, status, available, projected_minutes, points_line,
    games_played_season, minutes_avg_last_10, source, source_score, completeness_pct, is_degraded,
    degraded_reasons, is_bootstrap
  FROM analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
),
store AS (
  SELECT
    game_date, game_id, player_id, cutoff, is_production_ready, source_score, quality_score,
    quality_tier, completeness_pct, is_degraded, degraded_reasons
  FROM precompute.ml_feature_store
  WHERE game_date BETWEEN @start_date AND @end_date
),
games AS (
  SELECT DISTINCT game_date, game_id, cutoff FROM store
),
form AS (
  SELECT game_date, player_id, games_prior_season
  FROM precompute.player_daily_cache
  WHERE game_date BETWEEN @start_date AND @end_date
),
known AS (
  SELECT
    p.game_date, p.game_id, p.player_id, p.cutoff, p.cutoff_at, p.nba_game_id, p.season_year,
    p.season_type, p.team, p.opponent, p.is_home, p.player_name, p.status, p.available,
    p.projected_minutes, p.points_line, p.games_played_season, p.minutes_avg_last_10,
    p.is_bootstrap, p.source,
    p.games_played_season + IF(p.is_bootstrap, COALESCE(f.games_prior_season, 0), 0)
      AS games_before,
    g.game_id IS NULL AS is_held,
    s.player_id IS NULL AS has_no_features,
    s.quality_score, s.is_production_ready,
    COALESCE(s.source_score, p.source_score) AS source_score,
    COALESCE(s.quality_tier, 'unusable') AS quality_tier,
    IF(s.player_id IS NULL, p.completeness_pct, s.completeness_pct) AS completeness_pct,
    COALESCE(s.is_degraded, p.is_degraded) AS is_degraded,
    IF(s.player_id IS NULL, p.degraded_reasons, s.degraded_reasons) AS degraded_reasons
  FROM players AS p
  LEFT JOIN games AS g
    ON g.game_date = p.game_date
    AND g.game_id = p.game_id
    AND g.cutoff = p.cutoff
  LEFT JOIN store AS s
    ON s.game_date = p.game_date
    AND s.game_id = p.game_id
    AND s.player_id = p.player_id
    AND s.cutoff = p.cutoff
  LEFT JOIN form AS f
    ON f.game_date = p.game_date
    AND f.player_id = p.player_id
),
judged AS (
  SELECT
    game_date, game_id, player_id, cutoff,
    CASE
      WHEN NOT available THEN 'out'
      WHEN is_held THEN 'team_held'
      WHEN has_no_features THEN 'no_features'
      -- A score that is missing is none; how complete a season's first days are gates nothing.
      WHEN COALESCE(quality_score, 0) < 50 OR NOT (is_bootstrap OR is_production_ready)
        THEN 'low_quality'
      WHEN games_before < 5 THEN 'few_games'
      ELSE NULL
    END AS skip_reason
  FROM known
)
SELECT
  k.game_date, k.game_id, k.player_id, k.cutoff, k.cutoff_at, k.nba_game_id, k.season_year,
  k.season_type, k.team, k.opponent, k.is_home, k.player_name, k.status, k.games_before,
  j.skip_reason IS NULL AS is_predicted,
  j.skip_reason,
  COALESCE(k.projected_minutes, 0) < 15 AND k.points_line IS NULL AS is_few_minutes,
  k.games_played_season >= 5 AND COALESCE(k.minutes_avg_last_10 >= 10, FALSE) AS is_rotation,
  k.projected_minutes, k.source, k.source_score,
  -- Whole and never rounded up: a limit that it keeps is one that the score keeps.
  CAST(ROUND(FLOOR(COALESCE(k.quality_score, 0))) AS INT64) AS quality_score,
  k.quality_tier, k.completeness_pct, k.is_degraded, k.degraded_reasons, k.is_bootstrap
FROM known AS k
INNER JOIN judged AS j
  ON j.game_date = k.game_date
  AND j.game_id = k.game_id
  AND j.player_id = k.player_id
  AND j.cutoff = k.cutoff
