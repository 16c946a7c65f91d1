"""When assets are made without a hand: automation conditions and the deadlines shown in the UI."""

from datetime import timedelta

import dagster as dg

from nba_assets.automation.sensors import NIGHTS_WATCHED
from nba_assets.gates.table_asset import UNDATED_TAG
from nba_assets.landing.assets import ON_DEMAND
from nba_assets.partitions import EASTERN

# A derived partition is made when all it is made of is published: tonight's and last night's, whose
# late games and corrections land after the next date has begun at midnight. An older one that
# changes is a restatement, which a person launches. `all_deps_blocking_checks_passed` is left out on
# purpose: our verdicts are logged before the materialization they judge, and Dagster would hold
# them not current for ever. A feed that is asked on demand only is waited for by nobody.
WHEN_INPUTS_ARE_PUBLISHED = (
    dg.AutomationCondition.eager()
    .ignore(dg.AssetSelection.tag(ON_DEMAND, ""))
    # The register of players is rewritten with every landing: its dates need not be made again for it.
    .replace(
        "any_deps_updated",
        dg.AutomationCondition.any_deps_updated().ignore(dg.AssetSelection.tag(UNDATED_TAG, "")),
    )
    .replace(
        "in_latest_time_window",
        dg.AutomationCondition.in_latest_time_window(lookback_delta=timedelta(days=NIGHTS_WATCHED)),
    )
)

# A table without dates is made once, and again when anything it is made of is; it waits for no date.
WHEN_ANY_INPUT_IS_NEW = (
    dg.AutomationCondition.newly_missing() | dg.AutomationCondition.any_deps_updated()
).since_last_handled().with_label(
    "missing_or_any_input_is_new"
) & ~dg.AutomationCondition.in_progress()

# The night's results, and what is made of them, are promised for 10:00 of the next morning.
_MORNING = dg.FreshnessPolicy.cron(
    deadline_cron="0 10 * * *", lower_bound_delta=timedelta(hours=10), timezone=str(EASTERN)
)
FRESHNESS = dict.fromkeys(("landing", "raw", "analytics"), _MORNING)
