"""What the clinic's data mean: vocabulary, rules, tables and policies. Imports nothing of ours."""
