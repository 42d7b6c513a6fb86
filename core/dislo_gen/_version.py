"""The version of the distribution, read by hatchling when a wheel is built."""

__version__ = "0.1.0"
