"""``make bench``: every benchmark in turn, each printing its figures."""

from __future__ import annotations

from benchmarks import error_rates, exports, intake, mmrm, mmrm_errors, reports, speed, store

speed.main([])
reports.main([])
intake.main([])
store.main()
exports.main()
mmrm.main([])
error_rates.main([])
mmrm_errors.main([])
