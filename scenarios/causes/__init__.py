"""The causes strip: a variable of a model over its direct causes, under several plans."""

from scenarios.causes.strip import Cause, Line, Strip, strip

__all__ = ["Cause", "Line", "Strip", "strip"]
