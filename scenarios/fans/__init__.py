"""Fans: bands of outcomes over many futures, year by year."""

from scenarios.fans.bands import BANDS, LEVELS, Fan, ends_of, fan

__all__ = ["BANDS", "LEVELS", "Fan", "ends_of", "fan"]
