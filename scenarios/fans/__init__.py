"""Fans: bands of outcomes over many futures, year by year."""

from scenarios.fans.bands import Fan, fan
from scenarios.fans.of_run import bands_of

__all__ = ["Fan", "bands_of", "fan"]
