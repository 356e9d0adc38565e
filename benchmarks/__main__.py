"""``make bench``: every benchmark in turn, each printing its figures."""

from __future__ import annotations

from benchmarks import error_rates, speed

speed.main([])
error_rates.main([])
