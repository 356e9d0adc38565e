"""The joint above everything: from source files to a delivered report, in named steps."""
