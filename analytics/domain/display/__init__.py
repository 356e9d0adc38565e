"""How values show themselves at the prompt and in a notebook without style or script: ``page`` draws, the rest fill."""
