"""Plain descriptions of a cohort, without a model: who, what was read, who responded, what went wrong."""
