"""The mixed model for repeated measures: sums over patients, likelihood, small-sample inference, adjusted means."""
