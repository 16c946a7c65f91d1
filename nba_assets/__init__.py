"""NBA player props as Dagster assets: provider responses in, gated tables out."""
