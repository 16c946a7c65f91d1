-- One row per player listed in a finished game: his box score and what follows from it.
WITH players AS (
  SELECT
    game_date, game_id, player_id, nba_game_id, nba_player_id, player_name, player_lookup,
    season_year, season_type, team, opponent, is_home, is_starter, played, player_status,
    dnp_reason, minutes, seconds_played, minutes_precision, points, fgm, fga, fg3m, fg3a, ftm, fta,
    oreb, dreb, ast, stl, blk, tov, pf, plus_minus, overtime_periods,
    source, source_score, quality_score, quality_tier, completeness_pct, is_degraded,
    degraded_reasons, is_bootstrap,
    fga + CAST(0.44 AS FLOAT64) * fta + tov AS plays_used,
    -- Five players on the floor: the team's minutes are the clock's, overtime included.
    240 + 25 * overtime_periods AS team_minutes
  FROM raw.player_box_scores
  WHERE game_date BETWEEN @start_date AND @end_date
),
teams AS (
  SELECT
    game_date, game_id, team, is_win,
    fga + CAST(0.44 AS FLOAT64) * fta + player_tov AS team_plays,
    source_score, is_degraded, degraded_reasons
  FROM analytics.team_offense_game_summary
  WHERE game_date BETWEEN @start_date AND @end_date
)
SELECT
  p.game_date, p.game_id, p.player_id, p.nba_game_id, p.nba_player_id, p.player_name,
  p.player_lookup, p.season_year, p.season_type, p.team, p.opponent, p.is_home, t.is_win,
  p.is_starter, p.played, p.player_status, p.dnp_reason, p.minutes, p.seconds_played,
  p.minutes_precision, p.points, p.fgm, p.fga, p.fg3m, p.fg3a, p.ftm, p.fta, p.oreb, p.dreb,
  p.ast, p.stl, p.blk, p.tov, p.pf, p.plus_minus, p.overtime_periods,
  SAFE_DIVIDE(p.fgm + CAST(0.5 AS FLOAT64) * p.fg3m, p.fga) AS efg_pct,
  SAFE_DIVIDE(p.points, 2 * (p.fga + CAST(0.44 AS FLOAT64) * p.fta)) AS ts_pct,
  SAFE_DIVIDE(
    100 * p.plays_used * p.team_minutes * 60,
    5 * p.seconds_played * t.team_plays
  ) AS usage_rate,
  p.source,
  LEAST(p.source_score, t.source_score) AS source_score,
  LEAST(p.source_score, t.source_score) AS quality_score,
  CASE
    WHEN LEAST(p.source_score, t.source_score) >= 95 THEN 'gold'
    WHEN LEAST(p.source_score, t.source_score) >= 75 THEN 'silver'
    WHEN LEAST(p.source_score, t.source_score) >= 50 THEN 'bronze'
    WHEN LEAST(p.source_score, t.source_score) >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  p.completeness_pct,
  p.is_degraded OR t.is_degraded AS is_degraded,
  IF(p.is_degraded, p.degraded_reasons, t.degraded_reasons) AS degraded_reasons,
  p.is_bootstrap
FROM players AS p
INNER JOIN teams AS t
  ON t.game_id = p.game_id
  AND t.game_date = p.game_date
  AND t.team = p.team
