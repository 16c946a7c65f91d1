"""Units that providers measure people in, as ours. Exact: International yard and pound agreement, 1959."""

CM_PER_INCH = 2.54
KG_PER_POUND = 0.45359237
