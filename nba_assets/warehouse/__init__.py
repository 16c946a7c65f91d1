"""Where tables live: contracts, SQL in two dialects, staging and publishing. What a table means does not belong here."""
