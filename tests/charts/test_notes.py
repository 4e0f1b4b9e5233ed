"""Labels are parted without wandering off."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jpresearch.charts.notes import EndLabel, along, part_ends, spread

HEIGHTS = st.floats(1, 20)
PLACES = st.lists(st.tuples(st.floats(-50, 350), HEIGHTS), min_size=1, max_size=12)


def test_labels_that_do_not_touch_stay_where_they_are():
    assert spread([10.0, 50.0, 90.0], [10.0, 10.0, 10.0], 0.0, 100.0) == [10.0, 50.0, 90.0]


def test_two_labels_at_one_place_move_apart_evenly():
    assert spread([50.0, 50.0], [10.0, 10.0], 0.0, 100.0) == [45.0, 55.0]


def test_the_order_of_the_ends_is_kept():
    placed = spread([52.0, 50.0, 51.0], [10.0, 10.0, 10.0], 0.0, 100.0)
    assert placed[1] < placed[2] < placed[0]


def test_no_label_needs_no_place():
    assert spread([], [], 0.0, 1.0) == []


@settings(max_examples=200, deadline=None)
@given(PLACES)
def test_labels_never_overlap_and_stay_inside_where_they_fit(places):
    wanted, sizes = [place for place, _ in places], [size for _, size in places]
    placed = spread(wanted, sizes, 0.0, 300.0)
    order = np.argsort(placed)
    centres, heights = np.array(placed)[order], np.array(sizes)[order]
    assert np.all(np.diff(centres) >= (heights[1:] + heights[:-1]) / 2 - 1e-6)
    assert centres[0] - heights[0] / 2 >= -1e-6 and centres[-1] + heights[-1] / 2 <= 300 + 1e-6


def test_labels_that_cannot_fit_are_centred_on_the_range():
    placed = spread([1.0, 2.0, 3.0], [10.0, 10.0, 10.0], 0.0, 10.0)
    assert np.mean(placed) == 5.0 and min(np.diff(placed)) >= 10.0


def test_a_line_that_ends_early_is_named_at_its_own_end():
    early, late = EndLabel("early", 40.0, 1.0, "#000000"), EndLabel("late", 99.0, 2.0, "#000000")
    beside, inside = part_ends([early, late], 0.0, 100.0)
    assert beside == [late]
    assert inside == [(40.0, 1.0, "early", "#000000")]


def test_points_along_a_line_leave_its_gaps_out():
    x, y = np.arange(5.0), np.array([0.0, 1.0, np.nan, 3.0, 4.0])
    points = along(x, y, count=41)
    known = points[np.isfinite(points[:, 1]), 0]
    assert not np.any((known > 1.0) & (known < 3.0))
    assert np.allclose(points[np.isfinite(points[:, 1]), 1], known)
