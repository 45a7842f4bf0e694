"""Intervals against published examples."""

from __future__ import annotations

import math

import pytest

from analytics.models.statistics import benjamini_hochberg, newcombe, odds_ratio, wilson


def test_wilson_as_published():
    """Newcombe (1998), Statistics in Medicine 17, 857: 81 of 263 and 0 of 20, method 3."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert math.isnan(wilson(0, 0)[0])


def test_newcombe_as_published():
    """Newcombe (1998), Statistics in Medicine 17, 873, table II: 56/70 − 48/80 and 10/10 − 0/10, method 10."""
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert newcombe(10, 10, 0, 10) == pytest.approx((1.0, 0.6075, 1.0), abs=5e-5)


def test_odds_ratio_by_hand():
    ratio, low, high, p = odds_ratio(30, 70, 15, 85)
    assert ratio == pytest.approx(30 * 85 / (70 * 15))
    error = math.sqrt(1 / 30 + 1 / 70 + 1 / 15 + 1 / 85)
    assert (low, high) == pytest.approx((ratio * math.exp(-1.959964 * error), ratio * math.exp(1.959964 * error)))
    assert 0.01 < p < 0.02
    assert odds_ratio(5, 0, 3, 4)[0] == pytest.approx(5.5 * 4.5 / (0.5 * 3.5))


def test_benjamini_hochberg_as_published():
    """Benjamini and Hochberg (1995), section 3.2: fifteen p-values, four of them hold at 5%."""
    p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
        0.7590, 1.0000,
    ]  # fmt: skip
    adjusted = benjamini_hochberg(p_values)
    assert sum(q <= 0.05 for q in adjusted) == 4
    assert adjusted[0] == pytest.approx(0.0015)
    assert benjamini_hochberg([]) == []
