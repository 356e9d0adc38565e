"""Drafting a mapping: what a clinic's columns and texts most likely are, by their names and by what stands in them."""
