-- One row per player listed in a finished game: his box score, what follows from it, where he shot, his line.
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
),
field_goals AS (
  SELECT
    game_date, game_id, player_id, zone, shot_value, made, is_assisted, is_blocked, fouled, is_complete
  FROM raw.shots
  WHERE game_date BETWEEN @start_date AND @end_date
    AND shot_value > 1  -- free throws are told by play-by-plays alone
),
shot_games AS (
  SELECT
    game_date, game_id,
    COUNT(is_assisted) > 0 AS tells_assists,
    COUNT(is_blocked) > 0 AS tells_blocks,
    COUNT(fouled) > 0 AS tells_fouls
  FROM field_goals
  GROUP BY game_date, game_id
),
zones AS (
  -- What is not told as often as the box score counts it is not known: NULL below, and never 0.
  SELECT
    own.game_date, own.game_id, own.player_id,
    COUNT(shot.shot_value) = own.fga
      AND COUNT(IF(shot.is_complete, 1, NULL)) = own.fga
      AND COUNT(shot.zone) = own.fga
      AND COUNT(IF(shot.made, 1, NULL)) = own.fgm
      AND COUNT(IF(shot.shot_value = 3, 1, NULL)) = own.fg3a
      AND COUNT(IF(shot.shot_value = 3 AND shot.made, 1, NULL)) = own.fg3m AS is_told,
    game.tells_assists AND COUNT(shot.is_assisted) = own.fga AS assists_are_told,
    game.tells_blocks AND COUNT(shot.is_blocked) = own.fga AS blocks_are_told,
    game.tells_fouls AND COUNT(shot.fouled) = own.fga AS fouls_are_told,
    COUNT(IF(shot.zone = 'paint' AND shot.made, 1, NULL)) AS paint_fgm,
    COUNT(IF(shot.zone = 'paint', 1, NULL)) AS paint_fga,
    COUNT(IF(shot.zone = 'mid' AND shot.made, 1, NULL)) AS mid_fgm,
    COUNT(IF(shot.zone = 'mid', 1, NULL)) AS mid_fga,
    COUNT(IF(shot.zone = 'three' AND shot.made, 1, NULL)) AS three_fgm,
    COUNT(IF(shot.zone = 'three', 1, NULL)) AS three_fga,
    COUNT(IF(shot.zone = 'paint' AND shot.made AND shot.is_assisted, 1, NULL)) AS paint_assisted_fgm,
    COUNT(
      IF(shot.zone = 'paint' AND shot.made AND NOT shot.is_assisted, 1, NULL)
    ) AS paint_unassisted_fgm,
    COUNT(IF(shot.zone = 'paint' AND shot.is_blocked, 1, NULL)) AS paint_blocked_fga,
    COUNT(IF(shot.zone = 'mid' AND shot.made AND shot.is_assisted, 1, NULL)) AS mid_assisted_fgm,
    COUNT(
      IF(shot.zone = 'mid' AND shot.made AND NOT shot.is_assisted, 1, NULL)
    ) AS mid_unassisted_fgm,
    COUNT(IF(shot.zone = 'mid' AND shot.is_blocked, 1, NULL)) AS mid_blocked_fga,
    COUNT(IF(shot.zone = 'three' AND shot.made AND shot.is_assisted, 1, NULL)) AS three_assisted_fgm,
    COUNT(
      IF(shot.zone = 'three' AND shot.made AND NOT shot.is_assisted, 1, NULL)
    ) AS three_unassisted_fgm,
    COUNT(IF(shot.zone = 'three' AND shot.is_blocked, 1, NULL)) AS three_blocked_fga,
    COUNT(IF(shot.made AND shot.fouled, 1, NULL)) AS and_ones
  FROM players AS own
  INNER JOIN shot_games AS game
    ON game.game_id = own.game_id
    AND game.game_date = own.game_date
  LEFT JOIN field_goals AS shot
    ON shot.game_id = own.game_id
    AND shot.game_date = own.game_date
    AND shot.player_id = own.player_id
  GROUP BY
    own.game_date, own.game_id, own.player_id, own.fga, own.fgm, own.fg3a, own.fg3m,
    game.tells_assists, game.tells_blocks, game.tells_fouls
),
confirmed AS (
  SELECT game_date, game_id, team, player_id, is_starter, position, observed_at
  FROM raw.lineups
  WHERE game_date BETWEEN @start_date AND @end_date
    AND lineup_status = 'confirmed'
),
newest_lineups AS (
  -- Of each side its own: one capture may tell of one team alone.
  SELECT game_date, game_id, team, MAX(observed_at) AS observed_at
  FROM confirmed
  GROUP BY game_date, game_id, team
),
starters AS (
  SELECT c.game_date, c.game_id, c.team, c.player_id, c.position
  FROM confirmed AS c
  INNER JOIN newest_lineups AS newest
    ON newest.game_id = c.game_id
    AND newest.game_date = c.game_date
    AND newest.team = c.team
    AND newest.observed_at = c.observed_at
  WHERE c.is_starter
),
lines AS (
  SELECT game_date, game_id, player_id, points_line, opening_line, source, line_observed_at
  FROM analytics.player_line_consensus
  WHERE game_date BETWEEN @start_date AND @end_date
    AND cutoff = 'lock'
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
  IF(z.is_told, z.paint_fgm, NULL) AS paint_fgm,
  IF(z.is_told, z.paint_fga, NULL) AS paint_fga,
  IF(z.is_told, z.mid_fgm, NULL) AS mid_fgm,
  IF(z.is_told, z.mid_fga, NULL) AS mid_fga,
  IF(z.is_told, z.three_fgm, NULL) AS three_fgm,
  IF(z.is_told, z.three_fga, NULL) AS three_fga,
  IF(z.is_told AND z.assists_are_told, z.paint_assisted_fgm, NULL) AS paint_assisted_fgm,
  IF(z.is_told AND z.assists_are_told, z.paint_unassisted_fgm, NULL) AS paint_unassisted_fgm,
  IF(z.is_told AND z.blocks_are_told, z.paint_blocked_fga, NULL) AS paint_blocked_fga,
  IF(z.is_told AND z.assists_are_told, z.mid_assisted_fgm, NULL) AS mid_assisted_fgm,
  IF(z.is_told AND z.assists_are_told, z.mid_unassisted_fgm, NULL) AS mid_unassisted_fgm,
  IF(z.is_told AND z.blocks_are_told, z.mid_blocked_fga, NULL) AS mid_blocked_fga,
  IF(z.is_told AND z.assists_are_told, z.three_assisted_fgm, NULL) AS three_assisted_fgm,
  IF(z.is_told AND z.assists_are_told, z.three_unassisted_fgm, NULL) AS three_unassisted_fgm,
  IF(z.is_told AND z.blocks_are_told, z.three_blocked_fga, NULL) AS three_blocked_fga,
  IF(z.is_told AND z.fouls_are_told, z.and_ones, NULL) AS and_ones,
  starter.position,
  line.points_line, line.opening_line, line.source AS line_source, line.line_observed_at,
  IF(p.played, p.points - line.points_line, NULL) AS margin,
  CASE
    WHEN NOT p.played THEN NULL
    WHEN p.points > line.points_line THEN 'OVER'
    WHEN p.points < line.points_line THEN 'UNDER'
    WHEN p.points = line.points_line THEN 'PUSH'
  END AS over_under_result,
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
LEFT JOIN zones AS z
  ON z.game_id = p.game_id
  AND z.game_date = p.game_date
  AND z.player_id = p.player_id
LEFT JOIN starters AS starter
  ON starter.game_id = p.game_id
  AND starter.game_date = p.game_date
  AND starter.team = p.team
  AND starter.player_id = p.player_id
LEFT JOIN lines AS line
  ON line.game_id = p.game_id
  AND line.game_date = p.game_date
  AND line.player_id = p.player_id
