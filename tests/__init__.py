"""The tests of the project: ``python -m tests``."""
