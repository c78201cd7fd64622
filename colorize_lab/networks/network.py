"""A loaded network: lightness in, the bins' logits out. The only place that runs cv2.dnn."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from colorize_lab.caffe import NetworkGraph, parse_prototxt
from colorize_lab.errors import DeviceError, NetworkFileError, RecipeError
from colorize_lab.networks.device import CPU, Device, error_to_text
from colorize_lab.networks.files import read_prototxt, read_weights
from colorize_lab.networks.registry import InstalledNetwork
from colorize_lab.networks.spec import NetworkSpec
from colorize_lab.networks.weights import check_weights, known_sha256
from colorize_lab.opencv import cv2

__all__ = ["Network"]

_log = logging.getLogger(__name__)

Plane = NDArray[np.float32]


class Network:
    """A network in memory, ready to be called many times, by one thread at a time.

    Parameters
    ----------
    net : cv2.dnn.Net
        What OpenCV made of the files.
    spec : NetworkSpec
        Description of the network.
    output_layer : str
        Layer whose output is the logits.
    weights_sha256 : str
        Hash of the bytes that the weights came from.
    device : Device
        Where to run it.
    """

    def __init__(
        self,
        net: cv2.dnn.Net,
        spec: NetworkSpec,
        *,
        output_layer: str,
        weights_sha256: str,
        device: Device = CPU,
    ) -> None:
        self.spec = spec
        self.weights_sha256 = weights_sha256
        self._net = net
        self._output_layer = output_layer
        self._use_device(device)

    @classmethod
    def load(
        cls, installed: InstalledNetwork, device: Device = CPU, threads: int | None = None
    ) -> Network:
        """Read a network's files and hand them to OpenCV.

        Parameters
        ----------
        installed : InstalledNetwork
            From `choose_network`, `find_network` or `custom_network`.
        device : Device
            From `choose_device`.
        threads : int, optional
            CPU threads for OpenCV, in the whole process; its own choice where not given.

        Raises
        ------
        InputError
            Where a file cannot be read.
        NetworkFileError
            Where a file is damaged, or the files do not fit each other. OpenCV never sees such
            a file: it would end the process on some.
        """
        spec = installed.spec
        prototxt = read_prototxt(spec.prototxt)
        graph = parse_prototxt(prototxt)
        weights = read_weights(installed.weights)
        try:
            digest = check_weights(weights, graph, sha256=known_sha256(installed))
        except NetworkFileError as error:
            raise NetworkFileError(f"{installed.weights}: {error}") from error
        if threads is not None:
            cv2.setNumThreads(threads)
        return cls(
            _bytes_to_net(prototxt.encode(), weights, spec),
            spec,
            output_layer=_find_output_layer(graph, spec),
            weights_sha256=digest,
            device=device,
        )

    @property
    def device(self) -> Device:
        """Where the network runs now."""
        return self._device

    def logits(self, lightness: Plane, hints: Plane | None = None) -> Plane:
        """Run the network once.

        Parameters
        ----------
        lightness : ndarray of float32, (h, w)
            L*, 0..100; both sides are multiples of ``spec.stride_px``.
        hints : ndarray of float32, (3, h, w), optional
            a*, b* and mask (1 where a hint is, else 0). None is no hints.

        Returns
        -------
        ndarray of float32, (N, h / 4, w / 4)
            Unnormalized log-probabilities of the *ab* bins.

        Raises
        ------
        RecipeError
            For sides that do not fit, and for hints to a network that takes none.
        DeviceError
            Where CUDA was asked for and fails.
        NetworkFileError
            Where OpenCV cannot run the network on the CPU.
        """
        self._check_input(lightness, hints)
        try:
            return self._forward(lightness, hints)
        except cv2.error as error:
            self._fall_back(error)
        return self.logits(lightness, hints)

    def _check_input(self, lightness: Plane, hints: Plane | None) -> None:
        height, width = lightness.shape
        stride = self.spec.stride_px
        if height % stride or width % stride or not lightness.size:
            raise RecipeError(
                f"{self.spec.name} cannot take {width}x{height} pixels; both sides must be "
                f"multiples of {stride}"
            )
        if hints is None:
            return
        if self.spec.hint_blob is None:
            raise RecipeError(f"{self.spec.name} takes no hints; use the network compact")
        if hints.shape != (3, height, width):
            raise RecipeError(f"hints have the shape {hints.shape}; make it (3, {height}, {width})")

    def _forward(self, lightness: Plane, hints: Plane | None) -> Plane:
        self._net.setInput(lightness[np.newaxis, np.newaxis] - np.float32(50), self.spec.input_blob)
        if self.spec.hint_blob is not None:
            if hints is None:
                hints = np.zeros((3, *lightness.shape), np.float32)
            self._net.setInput(hints[np.newaxis], self.spec.hint_blob)
        logits: Plane = np.asarray(self._net.forward(self._output_layer), np.float32)[0]
        if not np.isfinite(logits).all():
            raise NetworkFileError(
                f"{self.spec.name} makes numbers beyond all bounds; its weights are damaged or not "
                "for its prototxt, so get both again"
            )
        return logits

    def _fall_back(self, error: cv2.error) -> None:
        """Go on with the CPU after a failure of CUDA, where that is allowed."""
        reason = error_to_text(error)
        if self._device.name == "cpu":
            raise NetworkFileError(
                f"OpenCV cannot run {self.spec.name} ({reason}); lower the render factor or use "
                "another network"
            ) from error
        if not self._device.may_fall_back:
            raise DeviceError(
                f"CUDA failed ({reason}); use --device auto, which goes on with the CPU"
            ) from error
        _log.warning("CUDA failed (%s); %s goes on with the CPU", reason, self.spec.name)
        self._use_device(CPU)

    def _use_device(self, device: Device) -> None:
        self._device = device
        if device.name == "cuda":
            self._net.setPreferableBackend(cv2.dnn.DNN_BACKEND_CUDA)
            self._net.setPreferableTarget(cv2.dnn.DNN_TARGET_CUDA)
        else:
            self._net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
            self._net.setPreferableTarget(cv2.dnn.DNN_TARGET_CPU)


def _bytes_to_net(prototxt: bytes, weights: bytes, spec: NetworkSpec) -> cv2.dnn.Net:
    # As arrays: cv2 takes bytes for a path, and a list it would walk number by number.
    buffers = (np.frombuffer(data, np.uint8) for data in (prototxt, weights))
    try:
        return cv2.dnn.readNetFromCaffe(*buffers)
    except cv2.error as error:
        raise NetworkFileError(
            f"OpenCV cannot load {spec.name} ({error_to_text(error)}); use another network"
        ) from error


def _find_output_layer(graph: NetworkGraph, spec: NetworkSpec) -> str:
    """Return the last layer that writes the output blob; OpenCV asks for layers, not blobs."""
    inputs = {spec.input_blob, spec.hint_blob} - {None}
    if missing := inputs - {i.name for i in graph.inputs}:
        raise NetworkFileError(
            f"{spec.prototxt} has no input {missing.pop()!r}; give the network's own prototxt"
        )
    writers = [layer.name for layer in graph.layers if spec.output_blob in layer.tops]
    if not writers:
        raise NetworkFileError(
            f"{spec.prototxt} makes no blob {spec.output_blob!r}; give the network's own prototxt"
        )
    return writers[-1]
