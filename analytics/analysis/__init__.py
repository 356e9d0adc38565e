"""The joint: Cohort + Plan -> Findings. Which models are fitted, what is confirmatory, what stands beside."""
