"""A loaded network: lightness in, the bins' logits out, whatever it takes and whatever runs it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color import load_bins
from colorize_lab.errors import DeviceError, NetworkFileError, RecipeError
from colorize_lab.networks.answer import answer_to_logits
from colorize_lab.networks.device import CPU, Device
from colorize_lab.networks.engines import (
    EngineChoice,
    EngineError,
    Session,
    choose_engine,
)
from colorize_lab.networks.files import read_bins
from colorize_lab.networks.input import lightness_to_input, resize_lightness, shrink_lightness
from colorize_lab.networks.load import load_files
from colorize_lab.networks.registry import InstalledNetwork
from colorize_lab.networks.spec import NetworkSpec

__all__ = ["Network"]

_log = logging.getLogger(__name__)

Plane = NDArray[np.float32]


class Network:
    """A network in memory, ready to be called many times, by one thread at a time.

    Parameters
    ----------
    session : Session
        The network in an engine's hands.
    spec : NetworkSpec
        Description of the network.
    choice : EngineChoice
        The engine, and where it runs.
    weights_sha256 : str
        Hash of the bytes that the weights came from.
    fixed_size : tuple of int, optional
        Height and width that the input must have, if its file fixes them.
    """

    def __init__(
        self,
        session: Session,
        spec: NetworkSpec,
        choice: EngineChoice,
        *,
        weights_sha256: str,
        fixed_size: tuple[int, int] | None = None,
    ) -> None:
        self.spec = spec
        self.bins = load_bins() if spec.bins is None else read_bins(spec.bins)
        self.fixed_size = fixed_size
        self.engine = choice.name
        self.device: Device = choice.device
        self.weights_sha256 = weights_sha256
        self._session = session

    @classmethod
    def load(
        cls,
        installed: InstalledNetwork,
        choice: EngineChoice | None = None,
        threads: int | None = None,
    ) -> Network:
        """Read a network's files and hand them to an engine.

        Parameters
        ----------
        installed : InstalledNetwork
            From `choose_network`, `find_network` or `custom_network`.
        choice : EngineChoice, optional
            From `choose_engine`, by default the fastest installed engine on the CPU.
        threads : int, optional
            CPU threads, by default the engine's own choice. OpenCV's count is the process's.

        Raises
        ------
        InputError
            If a file cannot be read.
        NetworkFileError
            If a file is damaged, or the files do not fit each other. No engine ever sees such
            a file: OpenCV ends the process on some.
        """
        choice = choice or choose_engine(device="cpu")
        loaded, digest = load_files(installed)
        try:
            session = choice.load(loaded, threads)
        except EngineError as error:
            if choice.device.name == "cpu":
                raise _explain_load_error(error, choice, loaded.spec) from error
            _give_cuda_up(error, choice.device, loaded.spec)
            return cls.load(installed, replace(choice, device=CPU), threads)
        return cls(
            session,
            loaded.spec,
            choice,
            weights_sha256=digest,
            fixed_size=loaded.fixed_size,
        )

    def shrink(self, lightness: Plane, side: int) -> Plane:
        """Bring a photo's L* to the size at which the network sees it.

        Parameters
        ----------
        lightness : ndarray of float32, shape (H, W)
            L*, 0..100.
        side : int
            Side of the square of as many pixels; a size that the network's file fixes overrules it.

        Returns
        -------
        ndarray of float32, shape (h, w)
            In the photo's proportions, or squashed to a square if the network wants that.
        """
        stride = self.spec.stride_px
        if self.fixed_size is not None:
            return resize_lightness(lightness, *self.fixed_size)
        if self.spec.square:
            whole = max(1, round(side / stride)) * stride
            return resize_lightness(lightness, whole, whole)
        return shrink_lightness(lightness, side, stride)

    def logits(self, lightness: Plane, hints: Plane | None = None) -> Plane:
        """Run the network once.

        Parameters
        ----------
        lightness : ndarray of float32, (h, w)
            L*, 0..100, at a size that `shrink` gives.
        hints : ndarray of float32, (3, h, w), optional
            a*, b* and mask (1 at a hint, else 0). None means no hints.

        Returns
        -------
        ndarray of float32, (N, h / 4, w / 4)
            Unnormalized log-probabilities of the *ab* bins.

        Raises
        ------
        RecipeError
            For sides that do not fit, and for hints to a network that takes none.
        DeviceError
            If CUDA was asked for and fails.
        NetworkFileError
            If the engine cannot run the network on the CPU.
        """
        (answer,) = self._run(lightness, hints, [self.spec.output_blob])
        return answer_to_logits(answer, self.spec, self.bins)

    def logits_and_features(self, lightness: Plane) -> tuple[Plane, Plane]:
        """Run the network once, and keep what it recognizes as well.

        Parameters
        ----------
        lightness : ndarray of float32, (h, w)
            As for `logits`.

        Returns
        -------
        logits : ndarray of float32, (N, h / 4, w / 4)
            As from `logits`.
        features : ndarray of float32, (C, h / k, w / k)
            What ``spec.feature_blob`` holds.

        Raises
        ------
        RecipeError
            If the network names no feature layer; else as `logits`.
        """
        if self.spec.feature_blob is None:
            raise RecipeError(
                f'{self.spec.name} names no feature layer; add "feature_blob" to its network.json'
            )
        answer, features = self._run(
            lightness, None, [self.spec.output_blob, self.spec.feature_blob]
        )
        return answer_to_logits(answer, self.spec, self.bins), features

    def _run(self, lightness: Plane, hints: Plane | None, outputs: Sequence[str]) -> list[Plane]:
        self._check_input(lightness, hints)
        inputs = {self.spec.input_blob: lightness_to_input(lightness, self.spec.input)[np.newaxis]}
        if self.spec.hint_blob is not None:
            given = np.zeros((3, *lightness.shape), np.float32) if hints is None else hints
            scale = np.array([1, 1, self.spec.hint_mask], np.float32)
            inputs[self.spec.hint_blob] = (given * scale[:, None, None])[np.newaxis]
        try:
            made = self._session.run(inputs, outputs)
        except EngineError as error:
            self._fall_back(error)
            return self._run(lightness, hints, outputs)
        if not all(np.isfinite(blob).all() for blob in made):
            raise NetworkFileError(
                f"{self.spec.name} computes values that are not finite; its weights are damaged or "
                "not for its prototxt; get both again"
            )
        return [blob[0] for blob in made]

    def _check_input(self, lightness: Plane, hints: Plane | None) -> None:
        height, width = lightness.shape
        stride = self.spec.stride_px
        if self.fixed_size not in (None, lightness.shape):
            raise RecipeError(
                f"{self.spec.name} cannot take {width}x{height} pixels; its file fixes "
                f"{self.fixed_size[1]}x{self.fixed_size[0]}"
            )
        if height % stride or width % stride or not lightness.size:
            raise RecipeError(
                f"{self.spec.name} cannot take {width}x{height} pixels; both sides must be "
                f"multiples of {stride}"
            )
        if hints is None:
            return
        if self.spec.hint_blob is None:
            raise RecipeError(f"{self.spec.name} takes no hints; use a network that does")
        if hints.shape != (3, height, width):
            raise RecipeError(f"hints have the shape {hints.shape}; make it (3, {height}, {width})")

    def _fall_back(self, error: EngineError) -> None:
        """Continue on the CPU after a failure of CUDA, if that is allowed."""
        if self.device.name == "cpu":
            raise NetworkFileError(
                f"{self.engine} cannot run {self.spec.name} ({error}); lower the render factor or "
                "use another network"
            ) from error
        _give_cuda_up(error, self.device, self.spec)
        self._session.move_to_cpu()
        self.device = CPU


def _give_cuda_up(error: EngineError, device: Device, spec: NetworkSpec) -> None:
    """Say that the CPU takes over after a failure of CUDA, if that is allowed."""
    if not device.may_fall_back:
        raise DeviceError(
            f"CUDA failed ({error}); use --device auto, which continues on the CPU"
        ) from error
    _log.warning("CUDA failed (%s); %s continues on the CPU", error, spec.name)


def _explain_load_error(
    error: EngineError, choice: EngineChoice, spec: NetworkSpec
) -> NetworkFileError:
    remedy = "use another network or engine"
    if choice.name == "opencv" and spec.prototxt is None:
        remedy = "install an engine for ONNX: pip install 'colorize-lab[onnxruntime]'"
    return NetworkFileError(f"{choice.name} cannot load {spec.name} ({error}); {remedy}")
