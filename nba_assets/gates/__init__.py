"""Auditing staged rows and publishing what passed, for all tables. The gates themselves stand in their rooms."""
