-- One row per player of a team of the slate, and cut-off: who lists him, and whether he can play.
WITH games AS (
  SELECT
    game_date, game_id, cutoff, cutoff_at, IF(cutoff = 'lock', cutoff_at, NULL) AS lock_at,
    season_year, season_type, home_team, away_team, absent_blocks, source, source_score,
    is_degraded, degraded_reasons, is_bootstrap
  FROM analytics.upcoming_games
  WHERE game_date BETWEEN @start_date AND @end_date
),
sides AS (
  SELECT
    game_date, game_id, cutoff, cutoff_at, lock_at, season_year, season_type, home_team AS team,
    away_team AS opponent, TRUE AS is_home, absent_blocks, source, source_score, is_degraded,
    degraded_reasons, is_bootstrap
  FROM games
  UNION ALL
  SELECT
    game_date, game_id, cutoff, cutoff_at, lock_at, season_year, season_type, away_team AS team,
    home_team AS opponent, FALSE AS is_home, absent_blocks, source, source_score, is_degraded,
    degraded_reasons, is_bootstrap
  FROM games
),
teams AS (
  SELECT DISTINCT game_date, team FROM sides
),
-- 300 days: from opening night they reach the ten games before last April, also after a short year.
boxes AS (
  SELECT
    game_date, game_id, player_id, player_name, player_lookup, team, played, position,
    source_score,
    -- When he was listed next: until that date this row is his newest.
    COALESCE(
      LAG(game_date) OVER (PARTITION BY player_id ORDER BY game_date DESC, game_id DESC),
      @end_date
    ) AS until_date,
    COALESCE(
      LAG(game_date) OVER (
        PARTITION BY player_id, position IS NULL ORDER BY game_date DESC, game_id DESC
      ),
      @end_date
    ) AS labelled_until_date
  FROM analytics.player_game_summary
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
),
team_games AS (
  SELECT DISTINCT team, game_date, game_id FROM boxes
),
last_games AS (
  SELECT
    t.game_date, t.team, p.game_date AS played_on, p.game_id,
    ROW_NUMBER() OVER (
      PARTITION BY t.game_date, t.team ORDER BY p.game_date DESC, p.game_id DESC
    ) AS games_ago
  FROM teams AS t
  INNER JOIN team_games AS p
    ON p.team = t.team
    AND p.game_date < t.game_date
    AND p.game_date >= DATE_SUB(t.game_date, INTERVAL 300 DAY)
),
begun AS (
  SELECT DISTINCT game_date, team FROM last_games
),
recent AS (
  SELECT
    g.game_date, g.team, b.player_id,
    LOGICAL_OR(b.played AND g.games_ago <= 3) AS has_played_lately,
    -- His last team wins: nobody has listed him since.
    MAX(b.until_date) >= g.game_date AS is_last_team,
    MAX(IF(b.until_date >= g.game_date, b.player_name, NULL)) AS player_name,
    MAX(IF(b.until_date >= g.game_date, b.player_lookup, NULL)) AS player_lookup,
    MIN(b.source_score) AS source_score
  FROM last_games AS g
  INNER JOIN boxes AS b
    ON b.game_id = g.game_id
    AND b.game_date = g.played_on
    AND b.team = g.team
  WHERE g.games_ago <= 10
  GROUP BY g.game_date, g.team, b.player_id
),
rosters AS (
  SELECT
    game_date, team, player_id, player_name, player_lookup, position, birth_date,
    snapshot_age_days, source_score, is_degraded, observed_at
  FROM raw.rosters
  WHERE game_date BETWEEN @start_date AND @end_date
    AND snapshot_age_days <= 3  -- nine-day-old rosters of two teams once lost a whole game
),
lineups AS (
  SELECT
    game_date, game_id, team, player_id, player_name, player_lookup, lineup_status, is_starter,
    position, roster_status, source_score, is_degraded, observed_at
  FROM raw.lineups
  WHERE game_date BETWEEN @start_date AND @end_date
),
-- A capture speaks of a team until the next one does.
lineup_captures AS (
  SELECT
    game_date, game_id, team, observed_at, lineup_status,
    COALESCE(
      LAG(observed_at) OVER (
        PARTITION BY game_date, game_id, team ORDER BY observed_at DESC, game_id
      ),
      CAST('9999-12-31' AS TIMESTAMP)
    ) AS until_at
  FROM (
    SELECT game_date, game_id, team, observed_at, MIN(lineup_status) AS lineup_status
    FROM lineups
    GROUP BY game_date, game_id, team, observed_at
  )
),
confirmed_captures AS (
  SELECT
    game_date, game_id, team, observed_at,
    COALESCE(
      LAG(observed_at) OVER (
        PARTITION BY game_date, game_id, team ORDER BY observed_at DESC, game_id
      ),
      CAST('9999-12-31' AS TIMESTAMP)
    ) AS until_at
  FROM lineup_captures
  WHERE lineup_status = 'confirmed'
),
confirmed AS (
  SELECT
    l.game_date, l.game_id, l.team, l.player_id, l.player_name, l.player_lookup, l.roster_status,
    l.source_score, l.is_degraded, l.observed_at, c.until_at
  FROM lineups AS l
  INNER JOIN confirmed_captures AS c
    ON c.game_id = l.game_id
    AND c.game_date = l.game_date
    AND c.team = l.team
    AND c.observed_at = l.observed_at
  WHERE l.lineup_status = 'confirmed'
),
injuries AS (
  SELECT
    game_date, game_id, team, player_id, player_name, player_lookup, status, reason, source_score,
    is_degraded, observed_at
  FROM raw.injuries
  WHERE game_date BETWEEN @start_date AND @end_date
),
report_captures AS (
  SELECT
    game_date, team, observed_at,
    COALESCE(
      LAG(observed_at) OVER (PARTITION BY game_date, team ORDER BY observed_at DESC, game_id),
      CAST('9999-12-31' AS TIMESTAMP)
    ) AS until_at
  FROM (
    SELECT game_date, team, observed_at, MIN(game_id) AS game_id
    FROM injuries
    GROUP BY game_date, team, observed_at
  )
),
reported AS (
  SELECT
    i.game_date, i.team, i.player_id, i.player_name, i.player_lookup, i.status, i.reason,
    i.source_score, i.is_degraded, i.observed_at, c.until_at
  FROM injuries AS i
  INNER JOIN report_captures AS c
    ON c.game_date = i.game_date
    AND c.team = i.team
    AND c.observed_at = i.observed_at
),
-- What is known of a side at its cut-off, beside its men.
informed AS (
  SELECT
    s.game_date, s.game_id, s.cutoff, s.cutoff_at, s.lock_at, s.season_year, s.season_type, s.team,
    s.opponent, s.is_home, s.absent_blocks, s.source, s.source_score, s.is_degraded,
    s.degraded_reasons, s.is_bootstrap,
    any_lineup.observed_at AS lineup_at, any_lineup.lineup_status,
    c.observed_at AS confirmed_at, r.observed_at AS reported_at
  FROM sides AS s
  LEFT JOIN lineup_captures AS any_lineup
    ON any_lineup.game_id = s.game_id
    AND any_lineup.game_date = s.game_date
    AND any_lineup.team = s.team
    AND any_lineup.observed_at <= s.cutoff_at
    AND any_lineup.until_at > s.cutoff_at
  LEFT JOIN confirmed_captures AS c
    ON c.game_id = s.game_id
    AND c.game_date = s.game_date
    AND c.team = s.team
    AND c.observed_at <= s.lock_at
    AND c.until_at > s.lock_at
  LEFT JOIN report_captures AS r
    ON r.game_date = s.game_date
    AND r.team = s.team
    AND r.observed_at <= s.cutoff_at
    AND r.until_at > s.cutoff_at
),
last_listed AS (
  SELECT game_date, team, player_id, player_name, player_lookup, source_score
  FROM recent
  WHERE is_last_team
),
named AS (
  SELECT s.game_id, s.cutoff, s.team, r.player_id
  FROM informed AS s
  INNER JOIN rosters AS r
    ON r.game_date = s.game_date AND r.team = s.team AND r.observed_at <= s.cutoff_at
  UNION DISTINCT
  SELECT s.game_id, s.cutoff, s.team, l.player_id
  FROM informed AS s
  INNER JOIN confirmed AS l
    ON l.game_id = s.game_id AND l.game_date = s.game_date AND l.team = s.team
    AND l.observed_at = s.confirmed_at
  UNION DISTINCT
  SELECT s.game_id, s.cutoff, s.team, b.player_id
  FROM informed AS s
  INNER JOIN last_listed AS b
    ON b.game_date = s.game_date AND b.team = s.team
  UNION DISTINCT
  SELECT s.game_id, s.cutoff, s.team, i.player_id
  FROM informed AS s
  INNER JOIN reported AS i
    ON i.game_date = s.game_date AND i.team = s.team AND i.observed_at = s.reported_at
),
newest AS (
  SELECT
    p.game_date, p.player_id,
    MAX(IF(b.until_date >= p.game_date, b.team, NULL)) AS team,
    MAX(IF(b.labelled_until_date >= p.game_date, b.position, NULL)) AS position
  FROM (
    SELECT DISTINCT s.game_date, n.player_id
    FROM named AS n
    INNER JOIN games AS s ON s.game_id = n.game_id AND s.cutoff = n.cutoff
  ) AS p
  INNER JOIN boxes AS b
    ON b.player_id = p.player_id
    AND b.game_date < p.game_date
    AND b.game_date >= DATE_SUB(p.game_date, INTERVAL 300 DAY)
    AND GREATEST(b.until_date, b.labelled_until_date) >= p.game_date
  GROUP BY p.game_date, p.player_id
),
people AS (
  SELECT
    s.game_date, s.game_id, s.cutoff, s.cutoff_at, s.lock_at, s.team, s.opponent, n.player_id,
    r.player_id IS NOT NULL AS in_roster,
    l.player_id IS NOT NULL AS in_lineup,
    b.player_id IS NOT NULL AS in_box,
    i.player_id IS NOT NULL AS in_report,
    r.player_name AS roster_name, r.player_lookup AS roster_lookup,
    l.player_name AS lineup_name, l.player_lookup AS lineup_lookup,
    i.player_name AS report_name, i.player_lookup AS report_lookup,
    b.player_name AS box_name, b.player_lookup AS box_lookup, h.team AS box_team,
    r.source_score AS roster_score, l.source_score AS lineup_score,
    i.source_score AS report_score, b.source_score AS box_score,
    r.is_degraded AS is_roster_degraded, l.is_degraded AS is_lineup_degraded,
    i.is_degraded AS is_report_degraded,
    r.snapshot_age_days, r.birth_date,
    COALESCE(r.position, five.position, h.position) AS position,
    CASE
      WHEN s.confirmed_at IS NOT NULL THEN IF(l.roster_status = 'active', 'available', 'out')
      WHEN s.reported_at IS NOT NULL THEN COALESCE(i.status, 'available')
    END AS status,
    CASE
      WHEN s.confirmed_at IS NOT NULL THEN 'lineup'
      WHEN s.reported_at IS NOT NULL THEN 'injury_report'
    END AS status_source,
    i.reason AS status_reason,
    COALESCE(s.confirmed_at, s.reported_at) AS status_observed_at,
    CASE
      WHEN s.confirmed_at IS NOT NULL THEN COALESCE(l.roster_status = 'active', FALSE)
      WHEN s.reported_at IS NOT NULL
        THEN COALESCE(i.status NOT IN ('out', 'doubtful'), TRUE)
      -- Before a team's first game that is known, whoever is on its roster may play.
      ELSE COALESCE(
        lately.has_played_lately, r.player_id IS NOT NULL AND begun.team IS NULL, FALSE
      )
    END AS available,
    s.lineup_status,
    IF(s.lineup_at IS NULL, NULL, COALESCE(five.is_starter, FALSE)) AS is_expected_starter
  FROM named AS n
  INNER JOIN informed AS s
    ON s.game_id = n.game_id AND s.cutoff = n.cutoff AND s.team = n.team
  LEFT JOIN rosters AS r
    ON r.game_date = s.game_date AND r.team = s.team AND r.player_id = n.player_id
    AND r.observed_at <= s.cutoff_at
  LEFT JOIN confirmed AS l
    ON l.game_id = s.game_id AND l.game_date = s.game_date AND l.team = s.team
    AND l.player_id = n.player_id AND l.observed_at = s.confirmed_at
  LEFT JOIN last_listed AS b
    ON b.game_date = s.game_date AND b.team = s.team AND b.player_id = n.player_id
  LEFT JOIN recent AS lately
    ON lately.game_date = s.game_date AND lately.team = s.team
    AND lately.player_id = n.player_id
  LEFT JOIN begun
    ON begun.game_date = s.game_date AND begun.team = s.team
  LEFT JOIN reported AS i
    ON i.game_date = s.game_date AND i.team = s.team AND i.player_id = n.player_id
    AND i.observed_at = s.reported_at
  LEFT JOIN lineups AS five
    ON five.game_id = s.game_id AND five.game_date = s.game_date AND five.team = s.team
    AND five.player_id = n.player_id AND five.observed_at = s.lineup_at
  LEFT JOIN newest AS h
    ON h.game_date = s.game_date AND h.player_id = n.player_id
),
counted AS (
  SELECT
    game_id, cutoff, team,
    COUNT(IF(in_roster, 1, NULL)) AS roster_listed,
    COUNT(IF(in_lineup, 1, NULL)) AS lineup_listed,
    COUNT(IF(in_roster AND available, 1, NULL)) AS roster_available,
    COUNT(IF(in_lineup AND available, 1, NULL)) AS lineup_available,
    COUNT(IF(in_box AND available, 1, NULL)) AS box_available
  FROM people
  GROUP BY game_id, cutoff, team
),
chosen AS (
  SELECT
    game_id, cutoff, team,
    CASE
      WHEN roster_available >= 8 THEN 'rosters'
      WHEN lineup_available >= 8 THEN 'lineup'
      WHEN box_available >= 8 THEN 'recent_box'
      WHEN roster_listed > 0 AND roster_available >= GREATEST(lineup_available, box_available)
        THEN 'rosters'
      WHEN lineup_listed > 0 AND lineup_available >= box_available THEN 'lineup'
      ELSE 'recent_box'
    END AS first_source
  FROM counted
),
members AS (
  SELECT
    p.game_date, p.game_id, p.cutoff, p.cutoff_at, p.lock_at, p.team, p.opponent, p.player_id,
    p.box_team,
    CASE
      WHEN c.first_source = 'rosters' AND p.in_roster THEN 'rosters'
      WHEN c.first_source = 'recent_box' AND p.in_box THEN 'recent_box'
      WHEN p.in_lineup THEN 'lineup'
      WHEN p.in_report THEN 'injury_report'
    END AS roster_source,
    -- Whose word counts where two teams list one man: the freshest there can be.
    CASE
      WHEN p.in_lineup THEN 1
      WHEN p.in_roster THEN 2
      WHEN p.in_report THEN 3
      ELSE 4
    END AS claim,
    p.roster_name, p.roster_lookup, p.lineup_name, p.lineup_lookup, p.report_name,
    p.report_lookup, p.box_name, p.box_lookup, p.roster_score, p.lineup_score, p.report_score,
    p.box_score, p.is_roster_degraded, p.is_lineup_degraded, p.is_report_degraded,
    p.snapshot_age_days, p.birth_date, p.position, p.status, p.status_source, p.status_reason,
    p.status_observed_at, p.available, p.lineup_status, p.is_expected_starter
  FROM people AS p
  INNER JOIN chosen AS c
    ON c.game_id = p.game_id AND c.cutoff = p.cutoff AND c.team = p.team
),
-- What of the captures was known when; a box score of an earlier date always was.
claims AS (
  SELECT game_date, player_id, team, 1 AS claim, observed_at, until_at FROM confirmed
  UNION ALL
  SELECT
    game_date, player_id, team, 2 AS claim, observed_at,
    CAST('9999-12-31' AS TIMESTAMP) AS until_at
  FROM rosters
  UNION ALL
  SELECT game_date, player_id, team, 3 AS claim, observed_at, until_at FROM reported
  UNION ALL
  SELECT
    game_date, player_id, team, 4 AS claim, CAST('1970-01-01' AS TIMESTAMP) AS observed_at,
    CAST('9999-12-31' AS TIMESTAMP) AS until_at
  FROM last_listed
),
-- Another team of the date lists him with more right; of two equal ones his last team has it.
lost AS (
  SELECT DISTINCT m.game_id, m.cutoff, m.team, m.player_id
  FROM members AS m
  INNER JOIN claims AS o
    ON o.game_date = m.game_date
    AND o.player_id = m.player_id
    AND o.team != m.team
    AND o.observed_at <= IF(o.claim = 1, m.lock_at, m.cutoff_at)
    AND o.until_at > m.cutoff_at
  WHERE o.claim < m.claim
    OR (
      o.claim = m.claim
      AND (
        o.team = m.box_team
        -- A game has one row of a man, whoever lists him: the first team of the alphabet.
        OR (o.team = m.opponent AND o.team < m.team AND COALESCE(m.box_team != m.team, TRUE))
      )
    )
),
kept AS (
  SELECT
    m.game_id, m.cutoff, m.team, m.player_id, m.roster_source, m.roster_name, m.roster_lookup,
    m.lineup_name, m.lineup_lookup, m.report_name, m.report_lookup, m.box_name, m.box_lookup,
    m.roster_score, m.lineup_score, m.report_score, m.box_score, m.is_roster_degraded,
    m.is_lineup_degraded, m.is_report_degraded, m.snapshot_age_days, m.birth_date, m.position,
    m.status, m.status_source, m.status_reason, m.status_observed_at, m.available,
    m.lineup_status, m.is_expected_starter
  FROM members AS m
  LEFT JOIN lost AS x
    ON x.game_id = m.game_id AND x.cutoff = m.cutoff AND x.team = m.team
    AND x.player_id = m.player_id
  WHERE m.roster_source IS NOT NULL AND x.player_id IS NULL
),
known_since AS (
  SELECT t.game_date, MIN(p.game_date) AS first_date
  FROM (SELECT DISTINCT game_date FROM teams) AS t
  INNER JOIN (SELECT DISTINCT game_date FROM team_games) AS p
    ON p.game_date < t.game_date
    AND p.game_date >= DATE_SUB(t.game_date, INTERVAL 300 DAY)
  GROUP BY t.game_date
),
scheduled AS (
  SELECT game_date, game_id, home_team, away_team
  FROM raw.schedule
  WHERE game_date >= DATE_SUB(@start_date, INTERVAL 300 DAY) AND game_date < @end_date
    AND status NOT IN ('postponed', 'cancelled')
    AND season_type IN ('regular', 'cup_final', 'play_in', 'playoffs')
),
expected AS (
  SELECT
    t.game_date, t.team, e.game_date AS expected_on, e.game_id,
    ROW_NUMBER() OVER (
      PARTITION BY t.game_date, t.team ORDER BY e.game_date DESC, e.game_id DESC
    ) AS games_ago
  FROM teams AS t
  INNER JOIN known_since AS k ON k.game_date = t.game_date
  INNER JOIN (
    SELECT game_date, game_id, home_team AS team FROM scheduled
    UNION ALL
    SELECT game_date, game_id, away_team AS team FROM scheduled
  ) AS e
    ON e.team = t.team
    AND e.game_date < t.game_date
    AND e.game_date >= DATE_SUB(t.game_date, INTERVAL 300 DAY)
    AND e.game_date >= k.first_date
),
completeness AS (
  SELECT
    e.game_date, e.team,
    SAFE_DIVIDE(100 * COUNT(p.game_id), COUNT(e.game_id)) AS completeness_pct
  FROM expected AS e
  LEFT JOIN team_games AS p
    ON p.game_id = e.game_id AND p.game_date = e.expected_on AND p.team = e.team
  WHERE e.games_ago <= 10
  GROUP BY e.game_date, e.team
),
judged AS (
  SELECT
    s.game_date, s.game_id, k.player_id, s.cutoff, s.cutoff_at, s.season_year, s.season_type,
    s.team, s.opponent, s.is_home,
    CASE k.roster_source
      WHEN 'rosters' THEN k.roster_name
      WHEN 'lineup' THEN k.lineup_name
      WHEN 'injury_report' THEN k.report_name
      ELSE k.box_name
    END AS player_name,
    CASE k.roster_source
      WHEN 'rosters' THEN k.roster_lookup
      WHEN 'lineup' THEN k.lineup_lookup
      WHEN 'injury_report' THEN k.report_lookup
      ELSE k.box_lookup
    END AS player_lookup,
    k.roster_source,
    IF(k.roster_source = 'rosters', k.snapshot_age_days, NULL) AS roster_age_days,
    k.status, k.status_source, k.status_reason, k.status_observed_at, k.available,
    k.lineup_status, k.is_expected_starter, k.position, k.birth_date,
    s.source,
    LEAST(
      s.source_score,
      CASE k.roster_source
        WHEN 'rosters' THEN k.roster_score
        WHEN 'lineup' THEN k.lineup_score
        WHEN 'injury_report' THEN k.report_score
        ELSE k.box_score
      END
    ) AS source_score,
    c.completeness_pct,
    s.is_degraded AS is_game_degraded, s.degraded_reasons,
    COALESCE(
      CASE k.roster_source
        WHEN 'rosters' THEN k.is_roster_degraded
        WHEN 'lineup' THEN k.is_lineup_degraded
        WHEN 'injury_report' THEN k.is_report_degraded
      END,
      FALSE
    ) AS is_listing_degraded,
    k.roster_source != 'rosters' AND 'rosters' NOT IN UNNEST(s.absent_blocks)
      AS is_without_roster,
    COALESCE(c.completeness_pct < 90, FALSE) AS is_incomplete,
    s.is_bootstrap
  FROM kept AS k
  INNER JOIN informed AS s
    ON s.game_id = k.game_id AND s.cutoff = k.cutoff AND s.team = k.team
  LEFT JOIN completeness AS c
    ON c.game_date = s.game_date AND c.team = s.team
)
SELECT
  game_date, game_id, player_id, cutoff, cutoff_at, season_year, season_type, team, opponent,
  is_home, player_name, player_lookup, roster_source, roster_age_days, status, status_source,
  status_reason, status_observed_at, available,
  CAST(ROUND(CASE status
    WHEN 'available' THEN 0
    WHEN 'probable' THEN 1
    WHEN 'questionable' THEN 2
    WHEN 'doubtful' THEN 3
    WHEN 'out' THEN 3
  END) AS INT64) AS injury_risk,
  lineup_status, is_expected_starter, position, birth_date,
  source, source_score, source_score AS quality_score,
  CASE
    WHEN source_score >= 95 THEN 'gold'
    WHEN source_score >= 75 THEN 'silver'
    WHEN source_score >= 50 THEN 'bronze'
    WHEN source_score >= 25 THEN 'poor'
    ELSE 'unusable'
  END AS quality_tier,
  completeness_pct,
  is_game_degraded OR is_listing_degraded OR is_without_roster OR is_incomplete AS is_degraded,
  CASE
    WHEN is_game_degraded THEN degraded_reasons
    WHEN is_listing_degraded THEN ['the list that names him is degraded']
    WHEN is_without_roster THEN ['no fresh roster names him']
    WHEN is_incomplete THEN ['games of the last ten of his team are not published']
    ELSE degraded_reasons
  END AS degraded_reasons,
  is_bootstrap
FROM judged
