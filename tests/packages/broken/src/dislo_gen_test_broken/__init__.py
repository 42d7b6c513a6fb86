"""Plugins of every kind that each break their contract in one way: every conformance check is seen to fail."""
