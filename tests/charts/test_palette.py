"""Colours and labels of known names."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from jpresearch.charts import PURCHASE, SALE, colour, label
from jpresearch.charts.palette import _FIXED, FREE, VERDICTS, colours, ink, sign_colour, tint
from jpresearch.names import _ASSETS, _CHIPS, COLOURS
from jpresearch.names import INVESTOR_COLOURS as _INVESTORS


@pytest.mark.parametrize("family", [_INVESTORS, _ASSETS, _CHIPS], ids=["investors", "assets", "chips"])
def test_names_of_one_family_have_colours_of_their_own(family):
    assert len(set(family.values())) == len(family)
    assert all(colour(name) == shade for name, shade in family.items())


@pytest.mark.parametrize(
    ("names", "of"),
    [
        (["foreigners_jpx", "foreigners_mof"], "foreigners"),
        (["trailing", "expanding"], "basket"),
        (["accounts_total"], "nisa_gross"),
    ],
)
def test_another_measure_of_the_same_thing_keeps_its_colour(names, of):
    assert {colour(name) for name in names} == {colour(of)}


@pytest.mark.parametrize(
    "names",
    [
        ["trailing", "guided", "prime", "nikkei225"],
        ["expanding", "hindsight"],
        ["basket", "topix", "sector"],
        ["earnings", "multiple", "not_split"],
        ["accounts_total", "accounts_incl_junior", "accounts_total_by_age_table"],
        ["nisa_gross", "individuals"],
        ["gpif", "trust_banks"],
        ["domestic_equities", "ruled_out"],
    ],
)
def test_series_that_share_a_figure_are_told_apart(names):
    shades = [to_rgb(colour(name)) for name in names]
    for first, second in combinations(shades, 2):
        assert np.abs(np.subtract(first, second)).max() > 0.12


def test_the_class_others_shares_its_colour_with_no_remainder():
    assert colour("others") not in {colour("not_split"), colour("ruled_out"), colour("hindsight")}


def test_sign_colours_belong_to_no_series():
    assert not {PURCHASE, SALE} & (set(_FIXED.values()) | set(FREE))


def test_an_unknown_name_has_the_same_colour_in_another_process():
    code = "from jpresearch.charts.palette import colour; print(colour('a desk of its own'))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == colour("a desk of its own")


def test_unknown_names_on_one_figure_do_not_share_a_colour():
    names = [f"series {number}" for number in range(8)] + ["foreigners"]
    chosen = colours(names)
    assert len(set(chosen.values())) == len(names)
    assert chosen["foreigners"] == colour("foreigners")


def test_more_names_than_colours_still_get_one():
    assert len(colours([f"series {number}" for number in range(40)])) == 40


def test_labels_are_words():
    assert label("business_corporations") == "Business corporations"
    assert label("nikkei225") == "Nikkei 225"
    assert label("8035") == "Tokyo Electron"
    assert label("net_inflow_month") == "Net inflow month"
    assert label("April 2025 sell-off") == "April 2025 sell-off"


def test_zero_and_above_is_a_purchase_and_below_is_a_sale():
    assert [sign_colour(value) for value in (-1.0, 0.0, 1.0)] == [SALE, PURCHASE, PURCHASE]


def test_text_in_any_colour_can_be_read_on_white():
    def luminance(shade: str) -> float:
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(shade)]
        return float(np.dot([0.2126, 0.7152, 0.0722], parts))

    for shade in [*COLOURS.values(), *FREE, *VERDICTS.values()]:
        assert 1.05 / (luminance(ink(shade)) + 0.05) >= 4.5


def test_a_tint_lies_between_the_colour_and_white():
    assert tint(SALE, 1.0).lower() == SALE.lower()
    assert tint(SALE, 0.0) == "#ffffff"
    lighter, darker = to_rgb(tint(SALE, 0.3)), to_rgb(tint(SALE, 0.6))
    assert all(a >= b for a, b in zip(lighter, darker, strict=True))


def test_investor_classes_stay_apart_in_pairs():
    for first, second in combinations(_INVESTORS.values(), 2):
        assert np.abs(np.subtract(to_rgb(first), to_rgb(second))).max() > 0.08
