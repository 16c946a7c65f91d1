-- One row per player of a team of the slate, and cut-off: adjustments in points.
WITH players AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, season_year, team, opponent, back_to_back,
    days_since_last_game, games_last_7_days, minutes_last_7_days, minutes_per_game_last_7_games,
    back_to_backs_last_14_days, age, projected_usage, usage_last_7_games, opponent_pace_last_10,
    source, source_score, is_degraded, degraded_reasons, is_bootstrap
  FROM analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
),
teams AS (
  SELECT game_date, game_id, team, cutoff, pace_last_10, completeness_pct
  FROM analytics.upcoming_team_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
),
form AS (
  SELECT game_date, player_id, source_score, completeness_pct
  FROM precompute.player_daily_cache
  WHERE game_date BETWEEN @start_date AND @end_date
),
shots AS (
  SELECT game_date, player_id, primary_zone, paint_share, mid_share, three_share
  FROM precompute.player_shot_zone_analysis
  WHERE game_date BETWEEN @start_date AND @end_date
),
defenses AS (
  SELECT game_date, team, paint_vs_league, mid_vs_league, three_vs_league
  FROM precompute.team_defense_zone_analysis
  WHERE game_date BETWEEN @start_date AND @end_date
),
terms AS (
  SELECT
    p.game_date, p.game_id, p.player_id, p.cutoff,
    IF(
      p.back_to_back IS NULL AND p.days_since_last_game IS NULL AND p.games_last_7_days IS NULL
      AND p.minutes_last_7_days IS NULL AND p.minutes_per_game_last_7_games IS NULL
      AND p.back_to_backs_last_14_days IS NULL AND p.age IS NULL,
      NULL,
      100
      + CASE WHEN p.back_to_back THEN -15 WHEN p.days_since_last_game >= 3 THEN 5 ELSE 0 END
      + IF(p.games_last_7_days >= 4, -10, 0)
      + IF(p.minutes_last_7_days > 240, -10, 0)
      + IF(p.minutes_per_game_last_7_games > 35, -8, 0)
      + CASE
        WHEN p.back_to_backs_last_14_days >= 2 THEN -12
        WHEN p.back_to_backs_last_14_days = 1 THEN -5
        ELSE 0
      END
      + CASE WHEN p.age >= 35 THEN -10 WHEN p.age >= 30 THEN -5 ELSE 0 END
    ) AS freshness,
    CASE s.primary_zone
      WHEN 'paint' THEN d.paint_vs_league * LEAST(s.paint_share / 50, CAST(1 AS FLOAT64))
      WHEN 'mid' THEN d.mid_vs_league * LEAST(s.mid_share / 50, CAST(1 AS FLOAT64))
      WHEN 'three' THEN d.three_vs_league * LEAST(s.three_share / 50, CAST(1 AS FLOAT64))
      WHEN 'balanced' THEN (
        s.paint_share * d.paint_vs_league
        + s.mid_share * d.mid_vs_league
        + s.three_share * d.three_vs_league
      ) / 100
      ELSE NULL
    END AS mismatch,
    (p.opponent_pace_last_10 - t.pace_last_10) / 2 AS pace,
    CAST(0.3 AS FLOAT64) * (p.projected_usage - p.usage_last_7_games) AS usage_change,
    LEAST(
      COALESCE(f.completeness_pct, 100), COALESCE(t.completeness_pct, 100),
      COALESCE(o.completeness_pct, 100)
    ) AS least_completeness,
    COALESCE(f.completeness_pct, t.completeness_pct, o.completeness_pct) AS any_completeness,
    f.source_score
  FROM players AS p
  LEFT JOIN teams AS t
    ON t.game_date = p.game_date
    AND t.game_id = p.game_id
    AND t.team = p.team
    AND t.cutoff = p.cutoff
  LEFT JOIN teams AS o
    ON o.game_date = p.game_date
    AND o.game_id = p.game_id
    AND o.team = p.opponent
    AND o.cutoff = p.cutoff
  LEFT JOIN form AS f
    ON f.game_date = p.game_date
    AND f.player_id = p.player_id
  LEFT JOIN shots AS s
    ON s.game_date = p.game_date
    AND s.player_id = p.player_id
  LEFT JOIN defenses AS d
    ON d.game_date = p.game_date
    AND d.team = p.opponent
),
clamped AS (
  SELECT
    game_date, game_id, player_id, cutoff, source_score,
    CAST(LEAST(GREATEST(freshness, 0), 100) AS FLOAT64) AS fatigue_score,
    (LEAST(GREATEST(freshness, 0), 100) - 100) / 20 AS fatigue_adjustment,
    LEAST(
      GREATEST(
        IF(ABS(mismatch) > 5, CAST(1.2 AS FLOAT64) * mismatch, mismatch), CAST(-10 AS FLOAT64)
      ),
      CAST(10 AS FLOAT64)
    ) AS shot_zone_mismatch,
    LEAST(GREATEST(pace, CAST(-3 AS FLOAT64)), CAST(3 AS FLOAT64)) AS pace_score,
    LEAST(GREATEST(usage_change, CAST(-3 AS FLOAT64)), CAST(3 AS FLOAT64)) AS usage_spike,
    IF(any_completeness IS NULL, NULL, least_completeness) AS completeness_pct
  FROM terms
),
summed AS (
  SELECT
    game_date, game_id, player_id, cutoff, source_score, completeness_pct,
    fatigue_score, fatigue_adjustment, shot_zone_mismatch, pace_score, usage_spike,
    IF(
      COALESCE(fatigue_score, shot_zone_mismatch, pace_score, usage_spike) IS NULL,
      NULL,
      COALESCE(fatigue_adjustment, 0)
      + CAST(0.3 AS FLOAT64) * COALESCE(shot_zone_mismatch, 0)
      + CAST(0.3 AS FLOAT64) * COALESCE(pace_score, 0)
      + CAST(0.4 AS FLOAT64) * COALESCE(usage_spike, 0)
    ) AS total_adjustment
  FROM clamped
)
SELECT
  p.game_date, p.game_id, p.player_id, p.cutoff, p.cutoff_at, p.season_year, p.team, p.opponent,
  k.fatigue_score, k.fatigue_adjustment, k.shot_zone_mismatch, k.pace_score, k.usage_spike,
  k.total_adjustment,
  ARRAY_CONCAT(
    IF(k.fatigue_score < 50, ['fatigue_score'], []),
    IF(ABS(k.shot_zone_mismatch) > 8, ['shot_zone_mismatch'], []),
    IF(ABS(k.total_adjustment) > 12, ['total_adjustment'], [])
  ) AS warnings,
  ARRAY_CONCAT(
    IF(p.back_to_back IS NULL, ['back_to_back'], []),
    IF(p.days_since_last_game IS NULL, ['days_since_last_game'], []),
    IF(p.games_last_7_days IS NULL, ['games_last_7_days'], []),
    IF(p.minutes_last_7_days IS NULL, ['minutes_last_7_days'], []),
    IF(p.minutes_per_game_last_7_games IS NULL, ['minutes_per_game_last_7_games'], []),
    IF(p.back_to_backs_last_14_days IS NULL, ['back_to_backs_last_14_days'], []),
    IF(p.age IS NULL, ['age'], []),
    IF(k.shot_zone_mismatch IS NULL, ['shot_zone_mismatch'], []),
    IF(k.pace_score IS NULL, ['pace_score'], []),
    IF(k.usage_spike IS NULL, ['usage_spike'], [])
  ) AS absent_terms,
  COALESCE(k.completeness_pct >= 70, TRUE) AS is_production_ready,
  p.source,
  LEAST(p.source_score, COALESCE(k.source_score, p.source_score)) AS source_score,
  LEAST(p.source_score, COALESCE(k.source_score, p.source_score)) AS quality_score,
  CASE
    WHEN LEAST(p.source_score, COALESCE(k.source_score, p.source_score)) >= 95 THEN 'gold'
    WHEN LEAST(p.source_score, COALESCE(k.source_score, p.source_score)) >= 75 THEN 'silver'
    WHEN LEAST(p.source_score, COALESCE(k.source_score, p.source_score)) >= 50 THEN 'bronze'
    WHEN LEAST(p.source_score, COALESCE(k.source_score, p.source_score)) >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  k.completeness_pct,
  p.is_degraded OR COALESCE(k.completeness_pct < 90, FALSE) AS is_degraded,
  ARRAY_CONCAT(
    p.degraded_reasons,
    IF(
      COALESCE(k.completeness_pct < 90, FALSE),
      ['fewer than 90 % of the expected games of him or of a team are published'],
      []
    )
  ) AS degraded_reasons,
  p.is_bootstrap
FROM players AS p
INNER JOIN summed AS k
  ON k.game_date = p.game_date
  AND k.game_id = p.game_id
  AND k.player_id = p.player_id
  AND k.cutoff = p.cutoff
