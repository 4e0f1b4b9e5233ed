"""The cleaned datasets: one function per view that a strategist asks for.

``from jpresearch.datasets import flows, positions, market, chips, gpif, nisa, world``. Every function takes ``as_of``
first (a day, which means its end in Tokyo, a moment, or ``None`` for all that is public now), returns a frame with a
named index, and describes it in ``attrs``: ``jpresearch.about.about(frame)`` gives unit, span, basis, sources and gaps
for as long as the values are untouched. Nothing is filled or interpolated; a missing figure stays missing.
"""
