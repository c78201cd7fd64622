"""What the program does with each kind of file, as far as the file decides how it goes."""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from colorize_lab import Colorizer, Recipe, array_to_photo, read_photo
from colorize_lab.caffe import (
    CaffeModel,
    LayerBlobs,
    describe_model,
    infer_blob_shapes,
    read_caffemodel,
    write_caffemodel,
)
from colorize_lab.errors import ColorizeLabError, NetworkFileError
from colorize_lab.guide.adjust import parse_damp, parse_hue_shift
from colorize_lab.guide.palette import parse_palette
from colorize_lab.guide.reference import read_reference
from colorize_lab.hints.files import read_hints
from colorize_lab.hints.hint import parse_hint
from colorize_lab.networks import InstalledNetwork, Network, custom_network
from colorize_lab.networks.files import read_graph
from colorize_lab.networks.spec import parse_spec
from colorize_lab.photo import Metadata, Photo, add_provenance, encode_photo, read_provenance
from colorize_lab.recolor import parse_hues, parse_mix
from colorize_lab.restore.mask_files import read_mask
from tests.fuzz import containers, seeds
from tests.fuzz.containers import Container

Use: TypeAlias = Callable[[bytes, Path], None]

# What all cases may take: a photo of it needs 36 MB in the widest format.
MEGAPIXELS = 1.0
# Of a graph: more would take long to make, and to be refused by nobody.
MAX_WEIGHTS = 1_000_000
TARGETS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "AVIF", "JPEG2000", "JPEGXL")
READ_ONLY = ("HEIC", "GIF", "J2K", "RAW")


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Parameters
    ----------
    make_seeds : callable
        Makes sound files of it, each of which `use` takes without an error.
    use : callable
        Does with a file's bytes what the program does, in a folder of its own.
    container : Container or None
        How the file is taken apart.
    """

    make_seeds: Callable[[], list[bytes]]
    use: Use
    container: Container | None = None

    @functools.cached_property
    def seeds(self) -> list[bytes]:
        """The sound files, made once."""
        return self.make_seeds()


def use_photo(data: bytes, folder: Path) -> None:
    """Read a photo, sign it, and write it in some format."""
    photo = read_photo(data, max_megapixels=MEGAPIXELS)
    if not ((photo.rgb >= 0) & (photo.rgb <= 1)).all():  # NaN fails, too
        raise AssertionError("pixels are outside of 0..1")
    signed = replace(photo, metadata=add_provenance(photo.metadata, seeds.RECORDS))
    if read_provenance(signed.metadata.xmp) != seeds.RECORDS:
        raise AssertionError("the provenance does not come back")
    if photo.format not in READ_ONLY:
        encode_photo(signed, photo.format)
    encode_photo(signed, TARGETS[len(data) % len(TARGETS)])


def use_exif(data: bytes, folder: Path) -> None:
    """Write a block of EXIF into each format, as a photo carries it from file to file."""
    photo = replace(make_photo(), metadata=Metadata(exif=data))
    for name in TARGETS:
        read_photo(encode_photo(photo, name))


def use_xmp(data: bytes, folder: Path) -> None:
    """Extend and read an XMP packet."""
    read_provenance(data)
    signed = add_provenance(Metadata(xmp=data), seeds.RECORDS)
    if read_provenance(signed.xmp) != seeds.RECORDS:
        raise AssertionError("the provenance does not come back")


def use_hints(data: bytes, folder: Path) -> None:
    """Color a photo with hints from a file."""
    path = write(folder / "hints", data)
    recipe = Recipe(hints=read_hints(path, max_megapixels=MEGAPIXELS))
    load_tiny().with_recipe(recipe).colorize(make_photo())


def use_mask(data: bytes, folder: Path) -> None:
    """Read a mask of scratches."""
    read_mask(write(folder / "mask.png", data))


def use_reference(data: bytes, folder: Path) -> None:
    """Color a photo with the colors of another."""
    path = write(folder / "reference.jpg", data)
    recipe = Recipe(guides=(read_reference([path], max_megapixels=MEGAPIXELS),))
    load_tiny().with_recipe(recipe).colorize(make_photo())


def use_network(data: bytes, folder: Path, name: str) -> None:
    """Color a photo with a network of one's own, one of whose files is hostile."""
    names = ["deploy.prototxt", "tiny.caffemodel", "bins.npy"]
    for each, content in network_files().items():
        if each in (*names, name):
            write(folder / each, data if each == name else content)
    prototxt, weights, bins = (folder / each for each in names)
    if name == "tiny.caffemodel":
        describe_model(read_caffemodel(data))
    network = custom_network(prototxt, weights, None if name == "network.json" else bins)
    Colorizer(network, recipe=SMALL, device="cpu", threads=1).colorize(make_photo())


def use_graph(data: bytes, folder: Path) -> None:
    """Run whatever network a prototxt describes, with weights that fit it."""
    prototxt = write(folder / "deploy.prototxt", data)
    graph = read_graph(prototxt)
    shapes = infer_blob_shapes(graph)
    if not graph.layers or sum(map(math.prod, itertools.chain(*shapes.values()))) > MAX_WEIGHTS:
        raise NetworkFileError("the graph has no layers or needs too many weights; give another")
    layers = (
        LayerBlobs(name, "", tuple(np.ones(shape, np.float32) for shape in blobs))
        for name, blobs in shapes.items()
    )
    write(folder / "tiny.caffemodel", write_caffemodel(CaffeModel("", tuple(layers))))
    output = "".join(graph.layers[-1].tops)
    outputs = {"hint_blob": None, "feature_blob": None, "output_blob": output}
    spec = parse_spec(json.dumps({**seeds.ENTRY, **outputs}), folder / "network.json")
    network = Network.load(InstalledNetwork(spec, spec.weights))
    network.logits(np.zeros((24, 16), np.float32))


def use_settings(data: bytes, folder: Path) -> None:
    """Read each line as every setting that has a language of its own, until one takes it."""
    for line in data.decode("latin-1").splitlines():
        for parse in (
            parse_hint,
            parse_palette,
            parse_hue_shift,
            parse_damp,
            parse_mix,
            parse_hues,
        ):
            try:
                parse(line)
                break
            except ColorizeLabError as error:
                refused = error
        else:
            raise refused


def use_zip(data: bytes, folder: Path) -> None:
    """Read the photos of a zip to train on."""
    from colorize_lab.training.photos import load_photos

    load_photos([write(folder / "photos.zip", data)], side=16, held_out=0.5)


def use_checkpoint(data: bytes, folder: Path) -> None:
    """Export a checkpoint, and go on from it."""
    import torch

    from colorize_lab.training.export import export_network
    from colorize_lab.training.load import load_checkpoint_network
    from colorize_lab.training.loop import Trainer
    from tests.helpers.small_network import SMALL_ROWS, SMALL_SCHEDULE, make_small_network

    path = write(folder / "checkpoint.pt", data)
    trainer = Trainer(make_small_network(), SMALL_SCHEDULE, torch.device("cpu"))
    trainer.load(path)
    next(trainer.run(torch.zeros(8, 3, 32, 32, dtype=torch.uint8)), None)
    trainer.save(path)
    network = load_checkpoint_network(path, SMALL_ROWS)
    export_network(network.state_dict(), folder / "exported", rows=SMALL_ROWS)


def use_log(data: bytes, folder: Path) -> None:
    """Read the log of a training, and draw it."""
    from colorize_lab.training.curve import draw_curve
    from colorize_lab.training.journal import read_rows, write_rows

    rows = read_rows(write(folder / "log.csv", data))
    write_rows(rows, folder / "log.csv")
    draw_curve(rows, folder / "curve.png")


def write(path: Path, data: bytes) -> Path:
    """Write a file of a case."""
    path.write_bytes(data)
    return path


@functools.cache
def make_photo() -> Photo:
    """Make the small gray photo that hostile guides and networks are tried on."""
    gray = np.linspace(0, 255, seeds.HEIGHT * seeds.WIDTH).astype(np.uint8)
    return array_to_photo(gray.reshape(seeds.HEIGHT, seeds.WIDTH))


@functools.cache
def load_tiny() -> Colorizer:
    """Load a small network with random weights."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        prototxt, weights = (
            write(Path(folder) / name, network_files()[name])
            for name in ("deploy.prototxt", "tiny.caffemodel")
        )
        network = custom_network(prototxt, weights)
        return Colorizer(network, recipe=SMALL, device="cpu", threads=1)


network_files = functools.cache(seeds.make_network_files)
make_photos = functools.cache(seeds.make_photos)
SMALL = Recipe(render_factor=2)
SETTINGS = b"""30%,40%=#8fb0d8,12
#8fb0d8, #6b4a2f
110:160=-20
250:310=0.5
0.4,0.5,0.1
reds=0.3,blues=-0.5
"""


def network_kind(name: str, container: Container | None) -> Kind:
    """Make a kind of one of a network's files."""
    return Kind(
        lambda: [network_files()[name]], functools.partial(use_network, name=name), container
    )


def photo_kind(name: str, container: Container | None) -> Kind:
    """Make a kind of a format of photos."""
    return Kind(lambda: make_photos()[name], use_photo, container)


PHOTO_KINDS = {
    "png": photo_kind("png", containers.PNG),
    "jpeg": photo_kind("jpeg", containers.JPEG),
    "tiff": photo_kind("tiff", containers.TIFF),
    "webp": photo_kind("webp", containers.WEBP),
    "bmp": photo_kind("bmp", None),
    "jpeg2000": photo_kind("jpeg2000", None),
    "jpegxl": photo_kind("jpegxl", None),
    "heic": photo_kind("heic", containers.BOXES),
    "pnm": photo_kind("pnm", None),
    "gif": photo_kind("gif", None),
    "avif": photo_kind("avif", containers.BOXES),
    "raw": photo_kind("raw", containers.TIFF),
}
GUIDE_KINDS = {
    "hints": Kind(lambda: [seeds.make_hints()], use_hints, containers.TEXT),
    "layer": Kind(lambda: [seeds.make_layer()], use_hints, containers.PNG),
    "mask": Kind(lambda: make_photos()["png"], use_mask, containers.PNG),
    "reference": Kind(lambda: make_photos()["jpeg"], use_reference, containers.JPEG),
    "settings": Kind(lambda: [SETTINGS], use_settings, containers.TEXT),
}
METADATA_KINDS = {
    "exif": Kind(lambda: [seeds.make_exif(6), seeds.make_exif(3, ">")], use_exif),
    "xmp": Kind(lambda: [seeds.XMP, seeds.make_packet()], use_xmp, containers.TEXT),
}
NETWORK_KINDS = {
    "graph": Kind(lambda: [seeds.make_graph()], use_graph, containers.TEXT),
    "prototxt": network_kind("deploy.prototxt", containers.TEXT),
    "caffemodel": network_kind("tiny.caffemodel", containers.MESSAGE),
    "network.json": network_kind("network.json", containers.TEXT),
    "bins": network_kind("bins.npy", None),
}
TRAINING_KINDS = {
    "zip": Kind(lambda: [seeds.make_zip()], use_zip, containers.ZIP),
    "checkpoint": Kind(lambda: [seeds.make_checkpoint()], use_checkpoint, containers.ZIP),
    "log": Kind(lambda: [seeds.make_log()], use_log, containers.TEXT),
}
KINDS = PHOTO_KINDS | GUIDE_KINDS | METADATA_KINDS | NETWORK_KINDS | TRAINING_KINDS
