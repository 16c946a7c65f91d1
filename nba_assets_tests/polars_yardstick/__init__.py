"""The platform's analytics and precompute tables made by hand in Polars: a yardstick of speed."""
