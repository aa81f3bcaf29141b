"""FrameAges are counted, and their quantiles told, in memory that does not grow."""

from live.run.frame_ages import OLDEST_MS, FrameAges


def test_quantiles_are_those_of_the_ages() -> None:
    ages = FrameAges()
    for age_ms in range(1, 101):
        ages.add(age_ms / 1000)
    assert len(ages) == 100
    assert (ages.quantile_ms(0.5), ages.quantile_ms(0.95), ages.quantile_ms(1.0)) == (50, 95, 100)


def test_none_and_the_impossible() -> None:
    ages = FrameAges()
    assert ages.quantile_ms(0.5) == 0
    ages.add(-1.0)
    assert ages.quantile_ms(1.0) == 0
    ages.add(1e6)
    assert ages.quantile_ms(1.0) == OLDEST_MS
