"""Providers: policy as data, the one HTTP client, payload models, feeds. Nothing else touches the network."""
