"""A shot's steady color, by properties that hold whatever the network thinks."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage.color import rgb2gray
from skimage.data import astronaut

from colorize_lab import Colorizer, Recipe, array_to_photo
from colorize_lab.color import rgb_to_lab, rgb_to_lightness
from colorize_lab.errors import RecipeError
from colorize_lab.hints.hint import Hint
from colorize_lab.opencv import cv2
from colorize_lab.photo.pixels import floats_to_samples
from colorize_lab.video.canvas import RGB
from colorize_lab.video.hints.film_hints import HintTrack
from colorize_lab.video.steady.shot import Steadying, color_shot
from colorize_lab.video.steady.viewing import Guidance

Frame = NDArray[np.uint8]


def film(count: int, pixels: int = 1, grain: float = 0.0) -> list[Frame]:
    """A camera that goes over a gray picture, with the light flickering as in old film."""
    rng = np.random.default_rng(6)
    picture = rgb2gray(astronaut())[20:]
    frames = []
    for number in range(count):
        window = picture[:108, 60 + pixels * number :][:, :160]
        light = 1 + grain * rng.normal()
        noisy = window * light + rng.normal(0, grain / 2, window.shape)
        frames.append(np.round(noisy.clip(0, 1) * 255).astype(np.uint8)[..., None].repeat(3, 2))
    return frames


def color_alone(frame: Frame, colorizer: Colorizer) -> Frame:
    return np.asarray(floats_to_samples(colorizer.colorize(array_to_photo(frame)).rgb, 8))


def measure_lightness(frame: Frame) -> NDArray[np.float32]:
    return RGB.measure_lightness(frame, whole=True)


def measure_chroma(frames: list[Frame]) -> NDArray[np.float32]:
    return np.stack([rgb_to_lab(frame.astype(np.float32) / 255)[..., 1:] for frame in frames])


def measure_flicker(frames: list[Frame]) -> float:
    """Tell how much a* and b* of small areas, in which grain does not matter, vary over time."""
    areas = np.stack(
        [cv2.resize(ab, (20, 13), interpolation=cv2.INTER_AREA) for ab in measure_chroma(frames)]
    )
    return float(areas.std(axis=0).mean())


@pytest.fixture(scope="module")
def quick(colorizer: Colorizer) -> Colorizer:
    """The embedded network, that sees little."""
    return colorizer.with_recipe(Recipe(render_factor=4))


@pytest.fixture
def tinted_film() -> list[Frame]:
    rng = np.random.default_rng(7)
    return [np.where(rng.random(f.shape) < 0.1, f // 2, f).astype(np.uint8) for f in film(2)]


def test_without_steadiness_each_frame_is_a_photo(
    quick: Colorizer, tinted_film: list[Frame]
) -> None:
    frames = [*film(3, pixels=3), *tinted_film]
    alone = [color_alone(frame, quick) for frame in frames]
    colored = list(color_shot(frames, quick, Steadying(steadiness=0, every=1)))
    assert np.array_equal(colored, alone)
    assert not np.array_equal(list(color_shot(frames, quick, Steadying(every=1))), alone)


def test_lightness_of_a_gray_frame_is_that_of_a_photo() -> None:
    grays = np.arange(256, dtype=np.uint8).reshape(8, 32, 1).repeat(3, axis=2)
    expected = rgb_to_lightness(array_to_photo(grays).rgb)
    np.testing.assert_array_equal(measure_lightness(grays), expected)


@pytest.mark.parametrize("count", [0, 1, 2, 6, 7, 8])
@pytest.mark.parametrize("every", [None, 3])
def test_as_many_frames_come_out(quick: Colorizer, count: int, every: int | None) -> None:
    frames = film(count)
    colored = list(color_shot(iter(frames), quick, Steadying(every=every)))
    assert [(c.shape, c.dtype) for c in colored] == [(f.shape, f.dtype) for f in frames]


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (35, 51)], ids=str)
def test_every_size_works(quick: Colorizer, shape: tuple[int, int]) -> None:
    frames = np.random.default_rng(8).integers(0, 256, (5, *shape, 3), np.uint8)
    colored = list(color_shot(frames, quick, Steadying(every=2)))
    assert np.shape(colored) == frames.shape


@pytest.mark.parametrize("every", [1, 4, None])
def test_color_is_steadier_and_no_paler(quick: Colorizer, every: int | None) -> None:
    frames = film(9, pixels=0, grain=0.05)
    alone = [color_alone(frame, quick) for frame in frames]
    steady = list(color_shot(frames, quick, Steadying(every=every)))
    assert measure_flicker(steady) < 0.6 * measure_flicker(alone)
    chroma = [np.linalg.norm(measure_chroma(f), axis=-1).mean() for f in (steady, alone)]
    assert chroma[0] == pytest.approx(chroma[1], rel=0.1)


def test_lightness_is_the_frames_own(quick: Colorizer) -> None:
    frames = film(6, pixels=2, grain=0.05)
    colored = list(color_shot(frames, quick, Steadying()))
    for before, after in zip(frames, colored, strict=True):
        assert np.abs(measure_lightness(after) - measure_lightness(before)).max() < 0.5


def test_color_moves_with_what_is_seen(quick: Colorizer) -> None:
    first, *_, last = color_shot(film(9, pixels=4), quick, Steadying(steadiness=1, every=4))
    chroma = measure_chroma([first, last])
    moved = np.abs(chroma[1, :, :-32] - chroma[0, :, 32:]).mean()
    stayed = np.abs(chroma[1, :, :-32] - chroma[0, :, :-32]).mean()
    assert moved < 0.5 * stayed


def test_network_looks_at_key_frames_only(
    quick: Colorizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    predict = Colorizer.predict_plane
    monkeypatch.setattr(
        Colorizer, "predict_plane", lambda self, *given: looks.append(1) or predict(self, *given)
    )
    list(color_shot(film(10), quick, Steadying(every=4)))
    assert len(looks) == 4  # the first, two, and the last


def test_no_more_than_four_spans_are_held(quick: Colorizer) -> None:
    taken = []

    def give() -> Iterator[Frame]:
        for number, frame in enumerate(film(24)):
            taken.append(number)
            yield frame

    for number, _ in enumerate(color_shot(give(), quick, Steadying(every=3))):
        assert len(taken) <= number + 1 + 4 * 3


def test_result_does_not_depend_on_the_pools_threads(
    quick: Colorizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = film(9, pixels=3)
    expected = list(color_shot(frames, quick, Steadying(every=4)))
    monkeypatch.setattr(cv2, "getNumThreads", lambda: 3)
    assert np.array_equal(list(color_shot(frames, quick, Steadying(every=4))), expected)


def test_errors_come_through_and_no_thread_stays(
    quick: Colorizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off() -> Iterator[Frame]:
        yield from film(5)
        raise OSError("gone")

    before = threading.active_count()
    with pytest.raises(OSError, match="gone"):
        list(color_shot(break_off(), quick, Steadying(every=2)))
    shot = color_shot(film(9), quick, Steadying(every=2))
    next(shot)
    shot.close()
    monkeypatch.setattr(Colorizer, "enlarge_cells", None)
    with pytest.raises(TypeError):
        list(color_shot(film(5), quick, Steadying(every=2)))
    assert threading.active_count() == before


def test_hints_hold_where_the_track_has_them(quick: Colorizer) -> None:
    frames = film(6, pixels=4)
    moving = [(Hint(100 - 4 * frame, 60, "#2040c0", 4.0),) for frame in range(4)]
    track = HintTrack((*moving, (), ()))  # out of sight in the end
    plain = measure_chroma(list(color_shot(frames, quick, Steadying(every=5))))
    hinted = measure_chroma(list(color_shot(frames, quick, Steadying(every=5), Guidance(track))))
    for frame in range(4):
        place = np.s_[frame, 60, 100 - 4 * frame]
        assert hinted[place][1] < plain[place][1] - 20  # blue
    assert np.abs(hinted[5, :, -4:] - plain[5, :, -4:]).mean() < 3


@pytest.mark.parametrize("level", [0, 90, 255])
def test_plain_frames_and_titles_stay_gray_within_a_shot(quick: Colorizer, level: int) -> None:
    frames = film(12)
    plain = [np.full_like(frame, level) for frame in frames[:6]]
    for frame in plain:
        cv2.putText(frame, "The End", (30, 60), cv2.FONT_HERSHEY_PLAIN, 1.2, (255 - level,) * 3)
    colored = list(color_shot([*frames[:6], *plain], quick, Steadying(every=4)))
    chroma = measure_chroma(colored)
    assert np.abs(chroma[6:]).max() < 0.5
    assert np.abs(chroma[:6]).mean() > 2


@pytest.mark.parametrize("steadiness", [-0.1, 1.1, float("nan")])
def test_steadiness_outside_its_range_is_refused(steadiness: float) -> None:
    with pytest.raises(RecipeError, match="steadiness"):
        Steadying(steadiness)


@pytest.mark.parametrize("every", [0, -3])
def test_a_key_frame_every_0_frames_is_refused(every: int) -> None:
    with pytest.raises(RecipeError, match="every"):
        Steadying(every=every)
