"""When assets are made without a hand: automation conditions and the deadlines shown in the UI."""

from collections.abc import Sequence
from datetime import timedelta

import dagster as dg

from nba_assets.automation.sensors import NIGHTS_WATCHED
from nba_assets.gates.table_asset import UNDATED_TAG, WEEKLY
from nba_assets.landing.assets import ON_DEMAND
from nba_assets.partitions import EASTERN


# A derived partition is made when all it is made of is published: tonight's and last night's, whose
# late games and corrections land after the next date has begun at midnight. An older one that
# changes is a restatement, which a person launches. `all_deps_blocking_checks_passed` is left out on
# purpose: our verdicts are logged before the materialization they judge, and Dagster would hold
# them not current for ever. A feed that is asked on demand only is waited for by nobody.
def when_inputs_are_published(optional: Sequence[dg.AssetKey] = ()) -> dg.AutomationCondition:
    """The condition of a derived table; an optional input that is missing holds it up no longer."""
    on_demand = dg.AssetSelection.tag(ON_DEMAND, "")
    return (
        dg.AutomationCondition.eager()
        .replace(
            "any_deps_missing",
            dg.AutomationCondition.any_deps_missing().ignore(
                on_demand | dg.AssetSelection.assets(*optional)
            ),
        )
        # The register of players is rewritten with every landing: its dates need not be made again for it.
        .replace(
            "any_deps_updated",
            dg.AutomationCondition.any_deps_updated().ignore(
                on_demand | dg.AssetSelection.tag(UNDATED_TAG, "")
            ),
        )
        .replace(
            "any_deps_in_progress",
            dg.AutomationCondition.any_deps_in_progress().ignore(on_demand),
        )
        # A table that was at work when an input came anew may have read the old one: being published
        # settles nothing, only to be asked for does. A lock that passed in that minute was lost, with
        # its rows. What a hand made of the two nights is asked for once more, and changes nothing.
        .replace(
            "handled",
            dg.AutomationCondition.newly_requested() | dg.AutomationCondition.initial_evaluation(),
        )
        .replace(
            "in_latest_time_window",
            dg.AutomationCondition.in_latest_time_window(
                lookback_delta=timedelta(days=NIGHTS_WATCHED)
            ),
        )
    )


# A table without dates is made once, and again when anything it is made of is; it waits for no date.
WHEN_ANY_INPUT_IS_NEW = (
    dg.AutomationCondition.newly_missing() | dg.AutomationCondition.any_deps_updated()
).since_last_handled().with_label(
    "missing_or_any_input_is_new"
) & ~dg.AutomationCondition.in_progress()

# A week's models and weights are made when the seven dates before it are published, and at the latest
# in time for Monday's slate, with what there is by then: one night that is held costs no week. What
# failed is tried again at these hours as long as the week is: out of memory at 06:00 is no reason to
# predict nothing until Sunday, and four tries a day are no storm. A week's tables are asked for one
# after another, never in one run with what they are made of: a step that fails takes with it what
# reads it in its run, and calibration can do without the models.
_TRIES = "30 9,13,17,21 * * *"
WHEN_THE_WEEK_BEGINS = (
    dg.AutomationCondition.in_latest_time_window()
    & (
        (~dg.AutomationCondition.any_deps_missing() & ~dg.AutomationCondition.execution_failed())
        | dg.AutomationCondition.cron_tick_passed(_TRIES, str(EASTERN)).since(
            dg.AutomationCondition.newly_requested() | dg.AutomationCondition.newly_updated()
        )
    )
    & dg.AutomationCondition.missing()
    & ~dg.AutomationCondition.any_deps_match(dg.AutomationCondition.will_be_requested())
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.in_progress()
).with_label("the_week_begins")

# The night's results, and what is made of them, are promised for 10:00 of the next morning, what is
# known before the games of a morning half an hour after its cut-off.
_MORNING = dg.FreshnessPolicy.cron(
    deadline_cron="0 10 * * *", lower_bound_delta=timedelta(hours=10), timezone=str(EASTERN)
)
_SLATE = dg.FreshnessPolicy.cron(
    deadline_cron="30 10 * * *", lower_bound_delta=timedelta(minutes=30), timezone=str(EASTERN)
)
_WEEK = dg.FreshnessPolicy.cron(
    deadline_cron="0 10 * * 1", lower_bound_delta=timedelta(hours=10), timezone=str(EASTERN)
)
FRESHNESS = {
    **dict.fromkeys(("landing", "raw", "analytics", "grading"), _MORNING),
    **dict.fromkeys(("precompute", "predictions"), _SLATE),
    WEEKLY: _WEEK,
}
