"""From a sealed Run to delivered files: sealing, receipt, narrating a notebook, and the formats rendered from it."""
