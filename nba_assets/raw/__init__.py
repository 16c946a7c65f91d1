"""Typed rows of one schema per entity, from landing only. Whatever is computed from rows belongs to analytics."""
