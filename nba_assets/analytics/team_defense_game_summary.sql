-- One row per defending team of a finished game: what it allowed its opponent.
SELECT
  opponent_offense.game_date, opponent_offense.game_id, opponent_offense.nba_game_id,
  opponent_offense.season_year, opponent_offense.season_type,
  own.team, own.opponent, own.is_home, own.is_win, own.margin, own.overtime_periods,
  opponent_offense.points AS points_allowed,
  opponent_offense.fgm AS fgm_allowed,
  opponent_offense.fga AS fga_allowed,
  opponent_offense.fg3m AS fg3m_allowed,
  opponent_offense.fg3a AS fg3a_allowed,
  opponent_offense.ftm AS ftm_allowed,
  opponent_offense.fta AS fta_allowed,
  opponent_offense.oreb AS oreb_allowed,
  opponent_offense.player_tov AS turnovers_forced,
  own.stl, own.blk, own.dreb,
  opponent_offense.possessions AS opponent_possessions,
  own.pace,
  opponent_offense.offensive_rating AS defensive_rating,
  opponent_offense.ts_pct AS opponent_ts_pct,
  opponent_offense.efg_pct AS opponent_efg_pct,
  opponent_offense.paint_fgm AS paint_fgm_allowed,
  opponent_offense.paint_fga AS paint_fga_allowed,
  opponent_offense.mid_fgm AS mid_fgm_allowed,
  opponent_offense.mid_fga AS mid_fga_allowed,
  opponent_offense.three_fgm AS three_fgm_allowed,
  opponent_offense.three_fga AS three_fga_allowed,
  opponent_offense.paint_assisted_fgm AS paint_assisted_fgm_allowed,
  opponent_offense.paint_unassisted_fgm AS paint_unassisted_fgm_allowed,
  opponent_offense.paint_blocked_fga AS paint_blocked_fga_allowed,
  opponent_offense.mid_assisted_fgm AS mid_assisted_fgm_allowed,
  opponent_offense.mid_unassisted_fgm AS mid_unassisted_fgm_allowed,
  opponent_offense.mid_blocked_fga AS mid_blocked_fga_allowed,
  opponent_offense.three_assisted_fgm AS three_assisted_fgm_allowed,
  opponent_offense.three_unassisted_fgm AS three_unassisted_fgm_allowed,
  opponent_offense.three_blocked_fga AS three_blocked_fga_allowed,
  opponent_offense.and_ones AS and_ones_allowed,
  own.source, own.source_score, own.quality_score, own.quality_tier, own.completeness_pct,
  own.is_degraded, own.degraded_reasons, own.is_bootstrap
FROM analytics.team_offense_game_summary AS own
INNER JOIN analytics.team_offense_game_summary AS opponent_offense
  ON opponent_offense.game_id = own.game_id
  AND opponent_offense.game_date = own.game_date
  AND opponent_offense.team = own.opponent
WHERE own.game_date BETWEEN @start_date AND @end_date
  AND opponent_offense.game_date BETWEEN @start_date AND @end_date
