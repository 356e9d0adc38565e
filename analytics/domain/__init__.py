"""The frozen values that everything else passes on: mapping, dataset, cohort, plan, fit, finding, run, block, ..."""
