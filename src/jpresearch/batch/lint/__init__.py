"""Whether a notebook has the house form, told from its file alone."""
