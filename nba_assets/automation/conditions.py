"""When assets are made without a hand: automation conditions and the deadlines shown in the UI."""

from datetime import timedelta

import dagster as dg

# A derived partition is made when all it is made of is published. Only the newest date: an older
# one that changes is a restatement, which a person launches. `all_deps_blocking_checks_passed` is
# left out on purpose: our verdicts are logged before the materialization they judge, and Dagster
# would hold them not current for ever.
WHEN_INPUTS_ARE_PUBLISHED = dg.AutomationCondition.eager()

EASTERN = "America/New_York"

# Deadlines of the layers, Eastern: the night's results are promised for 10:00 of the next morning.
FRESHNESS = {
    "landing": dg.FreshnessPolicy.cron(
        deadline_cron="0 10 * * *", lower_bound_delta=timedelta(hours=10), timezone=EASTERN
    ),
    "raw": dg.FreshnessPolicy.cron(
        deadline_cron="0 10 * * *", lower_bound_delta=timedelta(hours=10), timezone=EASTERN
    ),
    "analytics": dg.FreshnessPolicy.cron(
        deadline_cron="0 10 * * *", lower_bound_delta=timedelta(hours=10), timezone=EASTERN
    ),
}
