"""The view of a source and the mosaic of all views, with sources made by hand."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import cast

import pytest

from live.drawing.overlay import SURE
from tests.fake_streams import ToldSource, frame, mosaic_of, view_of
from tests.results import drawn_in, number_at, paper, result_of


def test_a_view_is_blank_at_first_and_stale_while_its_source_is_lost() -> None:
    source = ToldSource()
    view = view_of(None, source)
    assert view.picture().shape == (480, 640, 3)
    view.show(result_of(paper((320, 240)), number_at("407", (60, 100))))
    assert drawn_in(view.picture(), SURE.chip).any()
    assert view.picture() is view.picture(), "drawn once"
    assert view.picture(mirrored=True) is not view.picture()
    source.gone_s = 3.0
    assert not drawn_in(view.picture(), SURE.chip).any()
    source.gone_s = None
    assert drawn_in(view.picture(), SURE.chip).any()
    view.show(result_of(paper()))
    assert not drawn_in(view.picture(), SURE.chip).any()
    assert view.picture().shape == (480, 640, 3), "of another size"


def test_a_source_alone_is_its_own_picture() -> None:
    view = view_of(result_of(paper(), number_at("407", (60, 100)), inputs=3))
    mosaic = mosaic_of(view)
    assert mosaic.picture() is view.picture(), "nothing is copied"
    assert view.result is not None
    assert mosaic.reading() is view.result.reading
    assert mosaic.time() == 1.0
    assert mosaic.age_s() is None


def test_a_mosaic_shows_all_and_what_is_lost_as_a_stale_frame() -> None:
    result = result_of(paper((320, 240)), number_at("407", (60, 100)), inputs=3)
    sources = [ToldSource(f"camera {place}", (320, 240)) for place in range(3)]
    mosaic = mosaic_of(*(view_of(result, source) for source in sources[:2]), view_of(None, sources[2]))
    whole = mosaic.picture()
    assert whole.shape == (484, 644, 3)
    halves = [drawn_in(half, SURE.chip).any() for half in (whole[:240, :320], whole[:240, 324:], whole[244:, :320])]
    assert halves == [True, True, False]
    sources[1].gone_s = 2.0
    stale = mosaic.picture()
    assert [drawn_in(half, SURE.chip).any() for half in (stale[:240, :320], stale[:240, 324:])] == [True, False]
    assert mosaic.reading().ink.shape == whole.shape[:2]
    assert len(mosaic.reading().inputs) == 6
    assert mosaic.time() == pytest.approx(time.perf_counter(), abs=60), "the clock runs on"


def test_the_mosaic_knows_what_was_dropped_and_how_old_the_oldest_is() -> None:
    views = [view_of(result_of(paper())), view_of(result_of(paper()))]
    views[0].session.taken = 5
    views[1].session.taken, views[1].session.waiting = 6, frame(6, 0.0)
    assert mosaic_of(*views).dropped == 2
    now = time.perf_counter()
    for view, age_s in zip(views, (0.1, 0.3), strict=True):
        cast("ToldSource", view.session.source).live = True
        assert view.result is not None
        view.result = replace(view.result, frame=replace(view.result.frame, captured_at=now - age_s))
    oldest_s = mosaic_of(*views).age_s()
    assert oldest_s is not None
    assert 0.3 <= oldest_s < 30
