"""What may leave the house: counts made coarse, and an audit of what could still be worked out from them."""
