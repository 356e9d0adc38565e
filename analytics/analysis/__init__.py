"""The joint: Cohort + Plan -> Findings. Which models are fitted, what of them is confirmatory, and what is told beside."""
