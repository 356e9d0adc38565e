"""Sessions over time: an embedded file that accumulates what clinics send, in versions, without names or free text."""
