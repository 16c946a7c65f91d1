-- One row per team of a finished game: what it made of its possessions, and from where.
WITH from_players AS (
  -- For a team without a published row of its own: integers, so any order adds up the same.
  SELECT
    game_date, game_id, nba_game_id, season_year, season_type, team, opponent, is_home,
    overtime_periods,
    SUM(points) AS points, SUM(fgm) AS fgm, SUM(fga) AS fga, SUM(fg3m) AS fg3m, SUM(fg3a) AS fg3a,
    SUM(ftm) AS ftm, SUM(fta) AS fta, SUM(oreb) AS oreb, SUM(dreb) AS dreb, SUM(ast) AS ast,
    SUM(stl) AS stl, SUM(blk) AS blk, SUM(tov) AS player_tov, SUM(pf) AS pf,
    -- A source that lists only who played knows no inactives, one without flags no starters.
    IF(
      COUNT(IF(played, NULL, 1)) > 0, COUNT(IF(player_status = 'inactive', 1, NULL)), NULL
    ) AS inactive_players,
    IF(COUNT(is_starter) > 0, COUNT(IF(is_starter, 1, NULL)), NULL) AS starters,
    MIN(source) AS source,
    MIN(LEAST(source_score, 85)) AS source_score,
    MIN(completeness_pct) AS completeness_pct,
    LOGICAL_OR(is_bootstrap) AS is_bootstrap
  FROM raw.player_box_scores
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY
    game_date, game_id, nba_game_id, season_year, season_type, team, opponent, is_home,
    overtime_periods
),
from_teams AS (
  SELECT
    game_date, game_id, nba_game_id, season_year, season_type, team, opponent, is_home,
    overtime_periods, points, fgm, fga, fg3m, fg3a, ftm, fta, oreb, dreb, ast, stl, blk, player_tov,
    team_tov, pf, source, source_score, completeness_pct, is_degraded,
    degraded_reasons, is_bootstrap
  FROM raw.team_box_scores
  WHERE game_date BETWEEN @start_date AND @end_date
),
totals AS (
  SELECT
    COALESCE(t.game_date, p.game_date) AS game_date,
    COALESCE(t.game_id, p.game_id) AS game_id,
    COALESCE(t.nba_game_id, p.nba_game_id) AS nba_game_id,
    COALESCE(t.season_year, p.season_year) AS season_year,
    COALESCE(t.season_type, p.season_type) AS season_type,
    COALESCE(t.team, p.team) AS team,
    COALESCE(t.opponent, p.opponent) AS opponent,
    COALESCE(t.is_home, p.is_home) AS is_home,
    COALESCE(t.overtime_periods, p.overtime_periods) AS overtime_periods,
    p.inactive_players, p.starters,
    COALESCE(t.points, p.points) AS points,
    COALESCE(t.fgm, p.fgm) AS fgm,
    COALESCE(t.fga, p.fga) AS fga,
    COALESCE(t.fg3m, p.fg3m) AS fg3m,
    COALESCE(t.fg3a, p.fg3a) AS fg3a,
    COALESCE(t.ftm, p.ftm) AS ftm,
    COALESCE(t.fta, p.fta) AS fta,
    COALESCE(t.oreb, p.oreb) AS oreb,
    COALESCE(t.dreb, p.dreb) AS dreb,
    COALESCE(t.ast, p.ast) AS ast,
    COALESCE(t.stl, p.stl) AS stl,
    COALESCE(t.blk, p.blk) AS blk,
    COALESCE(t.player_tov, p.player_tov) AS player_tov,
    COALESCE(t.pf, p.pf) AS pf,
    t.team_tov,
    COALESCE(t.source, p.source) AS source,
    COALESCE(t.source_score, p.source_score) AS source_score,
    COALESCE(t.completeness_pct, p.completeness_pct) AS completeness_pct,
    COALESCE(t.is_degraded, TRUE) AS is_degraded,
    COALESCE(
      t.degraded_reasons, ['sum of the players instead of the team: no team row is published']
    ) AS degraded_reasons,
    COALESCE(t.is_bootstrap, p.is_bootstrap) AS is_bootstrap
  FROM from_players AS p
  FULL OUTER JOIN from_teams AS t
    ON t.game_id = p.game_id
    AND t.team = p.team
    AND t.game_date = p.game_date
),
estimated AS (
  SELECT
    own.game_date, own.game_id, own.nba_game_id, own.season_year, own.season_type, own.team,
    own.opponent, own.is_home, own.overtime_periods, own.inactive_players, own.starters,
    own.points, other.points AS opponent_points,
    own.fgm, own.fga, own.fg3m, own.fg3a, own.ftm, own.fta, own.oreb, own.dreb, own.ast, own.stl,
    own.blk, own.player_tov, own.team_tov, own.pf,
    -- Players' turnovers only, so that every provider gives the same possessions.
    own.fga + CAST(0.44 AS FLOAT64) * own.fta + own.player_tov - own.oreb AS possessions,
    other.fga + CAST(0.44 AS FLOAT64) * other.fta + other.player_tov - other.oreb AS opponent_possessions,
    48 + 5 * own.overtime_periods AS game_minutes,
    own.source, LEAST(own.source_score, other.source_score) AS source_score, own.completeness_pct,
    own.is_degraded OR other.is_degraded AS is_degraded,
    IF(own.is_degraded, own.degraded_reasons, other.degraded_reasons) AS degraded_reasons,
    own.is_bootstrap
  FROM totals AS own
  INNER JOIN totals AS other
    ON other.game_id = own.game_id
    AND other.game_date = own.game_date
    AND other.team = own.opponent
),
field_goals AS (
  SELECT
    game_date, game_id, team, zone, shot_value, made, is_assisted, is_blocked, fouled
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
    own.game_date, own.game_id, own.team,
    COUNT(shot.shot_value) = own.fga
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
  FROM estimated AS own
  INNER JOIN shot_games AS game
    ON game.game_id = own.game_id
    AND game.game_date = own.game_date
  LEFT JOIN field_goals AS shot
    ON shot.game_id = own.game_id
    AND shot.game_date = own.game_date
    AND shot.team = own.team
  GROUP BY
    own.game_date, own.game_id, own.team, own.fga, own.fgm, own.fg3a, own.fg3m,
    game.tells_assists, game.tells_blocks, game.tells_fouls
),
crews AS (
  SELECT
    game_date, game_id,
    STRING_AGG(official_name, ', ' ORDER BY official_name) AS officials_crew
  FROM raw.officials
  WHERE game_date BETWEEN @start_date AND @end_date
    AND worked
  GROUP BY game_date, game_id
)
SELECT
  t.game_date, t.game_id, t.nba_game_id, t.season_year, t.season_type, t.team, t.opponent, t.is_home,
  t.points > t.opponent_points AS is_win,
  t.points - t.opponent_points AS margin,
  t.overtime_periods, t.points, t.opponent_points,
  t.fgm, t.fga, t.fg3m, t.fg3a, t.ftm, t.fta, t.oreb, t.dreb, t.ast, t.stl, t.blk, t.player_tov,
  t.team_tov, t.pf, t.possessions,
  SAFE_DIVIDE(48 * (t.possessions + t.opponent_possessions), 2 * t.game_minutes) AS pace,
  SAFE_DIVIDE(100 * t.points, t.possessions) AS offensive_rating,
  SAFE_DIVIDE(t.fgm + CAST(0.5 AS FLOAT64) * t.fg3m, t.fga) AS efg_pct,
  SAFE_DIVIDE(t.points, 2 * (t.fga + CAST(0.44 AS FLOAT64) * t.fta)) AS ts_pct,
  t.inactive_players, t.starters,
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
  crew.officials_crew,
  t.source, t.source_score, t.source_score AS quality_score,
  CASE
    WHEN t.source_score >= 95 THEN 'gold'
    WHEN t.source_score >= 75 THEN 'silver'
    WHEN t.source_score >= 50 THEN 'bronze'
    WHEN t.source_score >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  t.completeness_pct, t.is_degraded, t.degraded_reasons, t.is_bootstrap
FROM estimated AS t
LEFT JOIN zones AS z
  ON z.game_id = t.game_id
  AND z.game_date = t.game_date
  AND z.team = t.team
LEFT JOIN crews AS crew
  ON crew.game_id = t.game_id
  AND crew.game_date = t.game_date
