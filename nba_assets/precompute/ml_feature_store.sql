-- One row per player of a team of the slate, and cut-off: the features of a model.
WITH players AS (
  SELECT
    game_date, game_id, player_id, cutoff, cutoff_at, season_year, season_type, team, opponent,
    is_home, is_neutral, player_name, status, available, roster_source, position, rest_advantage,
    injury_risk, back_to_back, points_line, opening_line, line_move, projected_minutes,
    is_expected_starter, teammates_out, teammates_out_minutes, teammates_out_points,
    teammates_out_usage, opponent_free_throw_rate_allowed_last_15, implied_points, game_spread,
    travel_miles, time_zones, days_since_return, days_since_last_game, games_played_season,
    games_in_last_10, absent_blocks, source, source_score, is_degraded, degraded_reasons,
    is_bootstrap
  FROM analytics.upcoming_player_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
),
teams AS (
  SELECT
    game_date, game_id, team, cutoff, win_pct, games_in_last_10, source_score, completeness_pct
  FROM analytics.upcoming_team_game_context
  WHERE game_date BETWEEN @start_date AND @end_date
),
form AS (
  SELECT
    game_date, player_id, team, opponent, points_avg_last_5, points_avg_last_10,
    points_avg_season, points_std_last_10, games_last_7_days, points_trend, minutes_change,
    paint_share_last_10, mid_share_last_10, three_share_last_10, free_throw_points_share_last_10,
    team_pace_last_10, team_offensive_rating_last_10, points_avg_vs_opponent, games_vs_opponent,
    minutes_avg_last_10, points_per_minute_last_10, minutes_std_last_10, points_ewma,
    points_avg_prior_season, newest_input_date, newest_input_age_days, source_score,
    completeness_pct
  FROM precompute.player_daily_cache
  WHERE game_date BETWEEN @start_date AND @end_date
),
origins AS (
  SELECT game_date, MIN(history_from) AS history_from
  FROM precompute.player_daily_cache
  WHERE game_date BETWEEN @start_date AND @end_date
  GROUP BY game_date
),
factors AS (
  SELECT
    game_date, game_id, player_id, cutoff, fatigue_score, shot_zone_mismatch, pace_score,
    usage_spike, source_score
  FROM precompute.player_composite_factors
  WHERE game_date BETWEEN @start_date AND @end_date
),
shots AS (
  SELECT game_date, player_id, games_in_sample, paint_share
  FROM precompute.player_shot_zone_analysis
  WHERE game_date BETWEEN @start_date AND @end_date
),
defenses AS (
  SELECT
    game_date, team, games_in_sample, games_with_zones, defensive_rating_last_15, pace_last_15,
    guard_points_vs_league, forward_points_vs_league, center_points_vs_league, source_score,
    is_degraded
  FROM precompute.team_defense_zone_analysis
  WHERE game_date BETWEEN @start_date AND @end_date
),
told AS (
  SELECT game_date, MAX(games_with_zones) AS games_with_zones
  FROM defenses
  GROUP BY game_date
),
vector AS (
  SELECT
    p.game_date, p.game_id, p.player_id, p.cutoff,
    f.points_avg_last_5, f.points_avg_last_10, f.points_avg_season, f.points_std_last_10,
    CAST(f.games_last_7_days AS FLOAT64) AS games_in_last_7_days,
    k.fatigue_score, k.shot_zone_mismatch, k.pace_score, k.usage_spike,
    CAST(p.rest_advantage AS FLOAT64) AS rest_advantage,
    CAST(p.injury_risk AS FLOAT64) AS injury_risk,
    CAST(
      CASE
        WHEN f.points_trend >= 5 THEN 2
        WHEN f.points_trend >= 2 THEN 1
        WHEN f.points_trend <= -5 THEN -2
        WHEN f.points_trend <= -2 THEN -1
        WHEN f.points_trend IS NOT NULL THEN 0
        ELSE NULL
      END AS FLOAT64
    ) AS recent_trend,
    CAST(
      CASE
        WHEN f.minutes_change >= CAST(0.2 AS FLOAT64) THEN 2
        WHEN f.minutes_change >= CAST(0.1 AS FLOAT64) THEN 1
        WHEN f.minutes_change <= -CAST(0.2 AS FLOAT64) THEN -2
        WHEN f.minutes_change <= -CAST(0.1 AS FLOAT64) THEN -1
        WHEN f.minutes_change IS NOT NULL THEN 0
        ELSE NULL
      END AS FLOAT64
    ) AS minutes_change,
    d.defensive_rating_last_15 AS opponent_def_rating,
    d.pace_last_15 AS opponent_pace,
    CASE
      WHEN p.is_neutral THEN CAST(0.5 AS FLOAT64)
      WHEN p.is_home THEN CAST(1 AS FLOAT64)
      ELSE CAST(0 AS FLOAT64)
    END AS home,
    CAST(IF(p.back_to_back, 1, 0) AS FLOAT64) AS back_to_back,
    CAST(IF(p.season_type = 'playoffs', 1, 0) AS FLOAT64) AS playoff_game,
    f.paint_share_last_10 AS pct_paint,
    f.mid_share_last_10 AS pct_mid,
    f.three_share_last_10 AS pct_three,
    f.free_throw_points_share_last_10 AS pct_free_throw,
    -- A player who changed sides between the cut-offs: the cache has the other team's figures.
    IF(f.team = p.team, f.team_pace_last_10, NULL) AS team_pace,
    IF(f.team = p.team, f.team_offensive_rating_last_10, NULL) AS team_off_rating,
    t.win_pct AS team_win_pct,
    p.points_line AS line_points,
    p.opening_line AS line_opening,
    p.line_move AS line_move,
    CAST(IF(p.points_line IS NULL, 0, 1) AS FLOAT64) AS has_line,
    IF(f.opponent = p.opponent, f.points_avg_vs_opponent, NULL) AS avg_points_vs_opponent,
    CAST(IF(f.opponent = p.opponent, f.games_vs_opponent, NULL) AS FLOAT64) AS games_vs_opponent,
    f.minutes_avg_last_10, f.points_per_minute_last_10,
    p.projected_minutes, f.minutes_std_last_10,
    CAST(
      IF(p.is_expected_starter IS NULL, NULL, IF(p.is_expected_starter, 1, 0)) AS FLOAT64
    ) AS expected_starter,
    CAST(p.teammates_out AS FLOAT64) AS teammates_out,
    p.teammates_out_minutes, p.teammates_out_points, p.teammates_out_usage,
    CASE
      WHEN p.position IN ('PG', 'SG') OR STARTS_WITH(p.position, 'G')
        THEN d.guard_points_vs_league
      WHEN p.position IN ('SF', 'PF') OR STARTS_WITH(p.position, 'F')
        THEN d.forward_points_vs_league
      WHEN STARTS_WITH(p.position, 'C') THEN d.center_points_vs_league
      ELSE NULL
    END AS opponent_position_points_vs_league,
    p.opponent_free_throw_rate_allowed_last_15 AS opponent_free_throw_rate,
    p.implied_points AS team_implied_points,
    ABS(p.game_spread) AS blowout_risk,
    f.points_ewma, f.points_avg_prior_season, p.travel_miles,
    CAST(p.time_zones AS FLOAT64) AS time_zones,
    CAST(p.days_since_return AS FLOAT64) AS days_since_return,
    CAST(p.days_since_last_game AS FLOAT64) AS days_since_last_game,
    p.games_played_season AS games,
    t.games_in_last_10 AS team_games,
    d.games_in_sample AS opponent_games,
    LEAST(t.games_in_last_10, o.games_in_last_10) AS fewer_team_games,
    s.games_in_sample >= 10 AND s.paint_share IS NULL AS has_no_attempt,
    COALESCE(b.games_with_zones, 0) = 0 OR 'zones' IN UNNEST(p.absent_blocks) AS no_zones,
    -- The window's first date or an earlier one has to be there.
    COALESCE(h.history_from > DATE_SUB(p.game_date, INTERVAL 1096 DAY), TRUE) AS no_prior_seasons,
    h.history_from, f.newest_input_date, f.newest_input_age_days,
    LEAST(
      p.source_score, COALESCE(t.source_score, p.source_score),
      COALESCE(o.source_score, p.source_score), COALESCE(f.source_score, p.source_score),
      COALESCE(k.source_score, p.source_score), COALESCE(d.source_score, p.source_score)
    ) AS source_score,
    IF(
      COALESCE(f.completeness_pct, t.completeness_pct, o.completeness_pct) IS NULL,
      NULL,
      LEAST(
        COALESCE(f.completeness_pct, 100), COALESCE(t.completeness_pct, 100),
        COALESCE(o.completeness_pct, 100)
      )
    ) AS completeness_pct,
    COALESCE(d.is_degraded, FALSE) AS is_defense_degraded
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
  LEFT JOIN origins AS h
    ON h.game_date = p.game_date
  LEFT JOIN factors AS k
    ON k.game_date = p.game_date
    AND k.game_id = p.game_id
    AND k.player_id = p.player_id
    AND k.cutoff = p.cutoff
  LEFT JOIN shots AS s
    ON s.game_date = p.game_date
    AND s.player_id = p.player_id
  LEFT JOIN defenses AS d
    ON d.game_date = p.game_date
    AND d.team = p.opponent
  LEFT JOIN told AS b
    ON b.game_date = p.game_date
),
lettered AS (
  SELECT
    game_date, game_id, player_id, cutoff,
    -- A NULL is of too few games (F), not applicable (N) for a fact or its block, else missing (M);
    -- a value is real (R) or of a short window (S).
    CONCAT(
      IF(points_avg_last_5 IS NULL, IF(games < 5, 'F', 'M'), 'R'),
      IF(points_avg_last_10 IS NULL, IF(games < 5, 'F', 'M'), IF(games < 10, 'S', 'R')),
      IF(points_avg_season IS NULL, IF(games < 1, 'F', 'M'), IF(games < 5, 'S', 'R')),
      IF(points_std_last_10 IS NULL, IF(games < 5, 'F', 'M'), IF(games < 10, 'S', 'R')),
      IF(games_in_last_7_days IS NULL, 'M', 'R'),
      IF(fatigue_score IS NULL, 'M', 'R'),
      IF(
        shot_zone_mismatch IS NULL,
        IF(no_zones, 'N', IF(games < 10, 'F', IF(has_no_attempt, 'N', 'M'))),
        'R'
      ),
      IF(
        pace_score IS NULL,
        IF(fewer_team_games < 5, 'F', 'M'),
        IF(fewer_team_games < 10, 'S', 'R')
      ),
      IF(usage_spike IS NULL, IF(games < 5, 'F', 'M'), IF(games < 10, 'S', 'R')),
      IF(rest_advantage IS NULL, 'M', 'R'),
      -- A team that has not reported yet is no defect of the row.
      IF(injury_risk IS NULL, 'N', 'R'),
      IF(recent_trend IS NULL, IF(games < 5, 'F', 'M'), 'R'),
      IF(
        minutes_change IS NULL,
        IF(games < 5, 'F', IF(minutes_avg_last_10 = 0, 'N', 'M')),
        IF(games < 10, 'S', 'R')
      ),
      IF(
        opponent_def_rating IS NULL,
        IF(opponent_games < 5, 'F', 'M'),
        IF(opponent_games < 15, 'S', 'R')
      ),
      IF(
        opponent_pace IS NULL,
        IF(opponent_games < 5, 'F', 'M'),
        IF(opponent_games < 15, 'S', 'R')
      ),
      IF(home IS NULL, 'M', 'R'),
      IF(back_to_back IS NULL, 'M', 'R'),
      IF(playoff_game IS NULL, 'M', 'R'),
      IF(
        pct_paint IS NULL,
        IF(no_zones, 'N', IF(games < 10, 'F', IF(has_no_attempt, 'N', 'M'))),
        'R'
      ),
      IF(
        pct_mid IS NULL,
        IF(no_zones, 'N', IF(games < 10, 'F', IF(has_no_attempt, 'N', 'M'))),
        'R'
      ),
      IF(
        pct_three IS NULL,
        IF(no_zones, 'N', IF(games < 10, 'F', IF(has_no_attempt, 'N', 'M'))),
        'R'
      ),
      IF(
        pct_free_throw IS NULL,
        IF(games < 5, 'F', IF(points_avg_last_10 = 0, 'N', 'M')),
        IF(games < 10, 'S', 'R')
      ),
      IF(team_pace IS NULL, IF(team_games < 5, 'F', 'M'), IF(team_games < 10, 'S', 'R')),
      IF(team_off_rating IS NULL, IF(team_games < 5, 'F', 'M'), IF(team_games < 10, 'S', 'R')),
      IF(team_win_pct IS NULL, IF(team_games < 5, 'F', 'M'), 'R'),
      IF(line_points IS NULL, 'N', 'R'),
      IF(line_opening IS NULL, 'N', 'R'),
      IF(line_move IS NULL, 'N', 'R'),
      IF(has_line IS NULL, 'M', 'R'),
      IF(
        no_prior_seasons,
        'N',
        IF(avg_points_vs_opponent IS NULL, IF(games_vs_opponent = 0, 'N', 'M'), 'R')
      ),
      IF(no_prior_seasons, 'N', IF(games_vs_opponent IS NULL, 'M', 'R')),
      IF(minutes_avg_last_10 IS NULL, IF(games < 5, 'F', 'M'), IF(games < 10, 'S', 'R')),
      IF(
        points_per_minute_last_10 IS NULL,
        IF(games < 5, 'F', IF(minutes_avg_last_10 = 0, 'N', 'M')),
        IF(games < 10, 'S', 'R')
      )
    ) AS feature_sources
  FROM vector
),
judged AS (
  SELECT
    game_date, game_id, player_id, cutoff, feature_sources,
    LENGTH(REPLACE(feature_sources, 'N', '')) AS applicable,
    LENGTH(feature_sources) - LENGTH(REPLACE(feature_sources, 'R', '')) AS real_ones,
    LENGTH(feature_sources) - LENGTH(REPLACE(feature_sources, 'S', '')) AS short_ones,
    LENGTH(feature_sources) - LENGTH(REPLACE(feature_sources, 'F', '')) AS unplayed_ones,
    LENGTH(feature_sources) - LENGTH(REPLACE(feature_sources, 'M', '')) AS missing_ones
  FROM lettered
),
scored AS (
  SELECT
    game_date, game_id, player_id, cutoff, feature_sources, missing_ones,
    SAFE_DIVIDE(
      100 * real_ones + 87 * short_ones + 40 * (unplayed_ones + missing_ones), applicable
    ) AS quality_score
  FROM judged
)
SELECT
  p.game_date, p.game_id, p.player_id, p.cutoff, p.cutoff_at, p.season_year, p.season_type, p.team,
  p.opponent, p.player_name, p.roster_source, p.status, p.available,
  v.points_avg_last_5, v.points_avg_last_10, v.points_avg_season, v.points_std_last_10,
  v.games_in_last_7_days, v.fatigue_score, v.shot_zone_mismatch, v.pace_score, v.usage_spike,
  v.rest_advantage, v.injury_risk, v.recent_trend, v.minutes_change, v.opponent_def_rating,
  v.opponent_pace, v.home, v.back_to_back, v.playoff_game, v.pct_paint, v.pct_mid, v.pct_three,
  v.pct_free_throw, v.team_pace, v.team_off_rating, v.team_win_pct, v.line_points, v.line_opening,
  v.line_move, v.has_line, v.avg_points_vs_opponent, v.games_vs_opponent, v.minutes_avg_last_10,
  v.points_per_minute_last_10, v.projected_minutes, v.minutes_std_last_10, v.expected_starter,
  v.teammates_out, v.teammates_out_minutes, v.teammates_out_points, v.teammates_out_usage,
  v.opponent_position_points_vs_league, v.opponent_free_throw_rate, v.team_implied_points,
  v.blowout_risk, v.points_ewma, v.points_avg_prior_season, v.travel_miles, v.time_zones,
  v.days_since_return, v.days_since_last_game,
  'f33plus' AS feature_version,
  -- Digests are no business of SQL: they are filled in when the rows are published.
  '' AS feature_hash,
  j.feature_sources,
  IF(
    j.missing_ones = 0,
    [],
    ARRAY_CONCAT(
      IF(SUBSTR(j.feature_sources, 1, 1) = 'M', ['points_avg_last_5'], []),
      IF(SUBSTR(j.feature_sources, 2, 1) = 'M', ['points_avg_last_10'], []),
      IF(SUBSTR(j.feature_sources, 3, 1) = 'M', ['points_avg_season'], []),
      IF(SUBSTR(j.feature_sources, 4, 1) = 'M', ['points_std_last_10'], []),
      IF(SUBSTR(j.feature_sources, 5, 1) = 'M', ['games_in_last_7_days'], []),
      IF(SUBSTR(j.feature_sources, 6, 1) = 'M', ['fatigue_score'], []),
      IF(SUBSTR(j.feature_sources, 7, 1) = 'M', ['shot_zone_mismatch'], []),
      IF(SUBSTR(j.feature_sources, 8, 1) = 'M', ['pace_score'], []),
      IF(SUBSTR(j.feature_sources, 9, 1) = 'M', ['usage_spike'], []),
      IF(SUBSTR(j.feature_sources, 10, 1) = 'M', ['rest_advantage'], []),
      IF(SUBSTR(j.feature_sources, 11, 1) = 'M', ['injury_risk'], []),
      IF(SUBSTR(j.feature_sources, 12, 1) = 'M', ['recent_trend'], []),
      IF(SUBSTR(j.feature_sources, 13, 1) = 'M', ['minutes_change'], []),
      IF(SUBSTR(j.feature_sources, 14, 1) = 'M', ['opponent_def_rating'], []),
      IF(SUBSTR(j.feature_sources, 15, 1) = 'M', ['opponent_pace'], []),
      IF(SUBSTR(j.feature_sources, 16, 1) = 'M', ['home'], []),
      IF(SUBSTR(j.feature_sources, 17, 1) = 'M', ['back_to_back'], []),
      IF(SUBSTR(j.feature_sources, 18, 1) = 'M', ['playoff_game'], []),
      IF(SUBSTR(j.feature_sources, 19, 1) = 'M', ['pct_paint'], []),
      IF(SUBSTR(j.feature_sources, 20, 1) = 'M', ['pct_mid'], []),
      IF(SUBSTR(j.feature_sources, 21, 1) = 'M', ['pct_three'], []),
      IF(SUBSTR(j.feature_sources, 22, 1) = 'M', ['pct_free_throw'], []),
      IF(SUBSTR(j.feature_sources, 23, 1) = 'M', ['team_pace'], []),
      IF(SUBSTR(j.feature_sources, 24, 1) = 'M', ['team_off_rating'], []),
      IF(SUBSTR(j.feature_sources, 25, 1) = 'M', ['team_win_pct'], []),
      IF(SUBSTR(j.feature_sources, 26, 1) = 'M', ['line_points'], []),
      IF(SUBSTR(j.feature_sources, 27, 1) = 'M', ['line_opening'], []),
      IF(SUBSTR(j.feature_sources, 28, 1) = 'M', ['line_move'], []),
      IF(SUBSTR(j.feature_sources, 29, 1) = 'M', ['has_line'], []),
      IF(SUBSTR(j.feature_sources, 30, 1) = 'M', ['avg_points_vs_opponent'], []),
      IF(SUBSTR(j.feature_sources, 31, 1) = 'M', ['games_vs_opponent'], []),
      IF(SUBSTR(j.feature_sources, 32, 1) = 'M', ['minutes_avg_last_10'], []),
      IF(SUBSTR(j.feature_sources, 33, 1) = 'M', ['points_per_minute_last_10'], [])
    )
  ) AS missing_features,
  ARRAY_CONCAT(
    p.absent_blocks,
    IF(v.no_zones AND 'zones' NOT IN UNNEST(p.absent_blocks), ['zones'], []),
    IF(v.no_prior_seasons AND 'prior_seasons' NOT IN UNNEST(p.absent_blocks), ['prior_seasons'], [])
  ) AS absent_blocks,
  p.games_played_season, p.games_in_last_10,
  v.opponent_games AS opponent_games_in_sample,
  v.history_from, v.newest_input_date, v.newest_input_age_days,
  CASE
    WHEN p.games_in_last_10 >= 10 THEN 'excellent'
    WHEN p.games_in_last_10 >= 7 THEN 'good'
    WHEN p.games_in_last_10 >= 5 THEN 'limited'
    ELSE 'insufficient'
  END AS sample_label,
  COALESCE(v.completeness_pct >= 70, TRUE) AS is_production_ready,
  IF(FALSE, [''], []) AS input_digests,
  p.source, v.source_score, j.quality_score,
  CASE
    WHEN j.quality_score >= 95 THEN 'gold'
    WHEN j.quality_score >= 75 THEN 'silver'
    WHEN j.quality_score >= 50 THEN 'bronze'
    WHEN j.quality_score >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  v.completeness_pct,
  (
    p.is_degraded OR v.is_defense_degraded OR COALESCE(v.completeness_pct < 90, FALSE)
  ) AS is_degraded,
  ARRAY_CONCAT(
    p.degraded_reasons,
    IF(v.is_defense_degraded, ['the zone analysis of the opponent is degraded'], []),
    IF(
      COALESCE(v.completeness_pct < 90, FALSE),
      ['fewer than 90 % of the expected games of him or of a team are published'],
      []
    )
  ) AS degraded_reasons,
  p.is_bootstrap
FROM players AS p
INNER JOIN vector AS v
  ON v.game_date = p.game_date
  AND v.game_id = p.game_id
  AND v.player_id = p.player_id
  AND v.cutoff = p.cutoff
INNER JOIN scored AS j
  ON j.game_date = p.game_date
  AND j.game_id = p.game_id
  AND j.player_id = p.player_id
  AND j.cutoff = p.cutoff
