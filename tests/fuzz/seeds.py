"""Sound files of every format that the program reads, small, and the same each time."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import imagecodecs
import numpy as np
import pillow_heif
from PIL import Image

from colorize_lab.caffe import InputSpec, LayerSpec, NetworkGraph, format_prototxt
from colorize_lab.photo import (
    Metadata,
    add_provenance,
    array_to_photo,
    encode_photo,
    list_formats,
    make_srgb_icc,
)
from colorize_lab.photo.tiff_join import join_tiffs
from tests.helpers.photo_files import (
    XMP,
    make_cmyk_profile,
    make_dng,
    make_exif,
    make_png,
    make_samples,
    make_smooth,
    png_chunk,
    save,
    write_tiff,
)
from tests.helpers.tiny_network import ENTRY, make_tiny

HEIGHT, WIDTH = 24, 32
RECORDS = {"network": "tiny", "version": "0.1.0", "recipe": '{"temperature": 0.5}'}


def save_heic(pixels: Any) -> bytes:
    """Write a HEIC file."""
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(file, quality=60)
    return file.getvalue()


def save_deep_avif(pixels: Any) -> bytes:
    """Write an AVIF of 10 bits."""
    return bytes(imagecodecs.avif_encode(pixels >> 6, level=90, bitspersample=10))


def make_photos() -> dict[str, list[bytes]]:
    """Files of photos by format; each has one of every kind that is decoded in its own way."""
    smooth = make_smooth(HEIGHT, WIDTH)
    exif = {"exif": b"Exif\0\0" + make_exif(6)}
    rich: dict[str, Any] = {**exif, "icc_profile": make_srgb_icc(), "dpi": (300, 300)}
    deep = make_samples(HEIGHT, WIDTH, 3, np.uint16)
    floats = (deep / 65535).astype(np.float32)
    rgba = np.dstack((smooth, smooth[..., 0]))
    cmyk = Image.fromarray(smooth).convert("CMYK")
    palette = Image.fromarray(smooth).convert("P")
    return {
        "png": [
            save(smooth, "PNG", **rich),
            save(rgba, "PNG"),
            save(palette, "PNG", transparency=3),
            make_png(deep, 16, 2, png_text(make_packet())),
            make_png(make_samples(HEIGHT, WIDTH, 2, np.uint16), 16, 4),
            save(palette, "PNG", save_all=True, append_images=[palette]),
        ],
        "jpeg": [
            save(smooth, "JPEG", xmp=XMP, **rich),
            save(smooth, "JPEG", progressive=True, **rich),
            save(smooth[..., 0], "JPEG"),
            save(cmyk, "JPEG", icc_profile=make_cmyk_profile()),
            bytes(imagecodecs.jpeg8_encode(smooth, lossless=True)),
            save(smooth, "JPEG", quality=95)[:-2],
        ],
        "tiff": [
            save(smooth, "TIFF", **rich),
            save(rgba, "TIFF", compression="tiff_lzw"),
            save(cmyk, "TIFF"),
            write_tiff(deep, photometric="rgb", rowsperstrip=8),
            write_tiff(deep, photometric="rgb", compression="zlib", rowsperstrip=8),
            write_tiff(deep, photometric="rgb", compression="zlib", tile=(16, 16), predictor=True),
            write_tiff(floats, photometric="rgb", bigtiff=True),
            write_tiff(deep[..., 0], photometric="miniswhite", byteorder=">"),
            write_tiff(deep, photometric="rgb", compression="zstd", rowsperstrip=8),
            write_tiff(smooth, photometric="rgb", compression="jpegxl"),
            write_tiff(smooth, photometric="cielab"),
            join_tiffs([encode_photo(array_to_photo(smooth), "TIFF")] * 3),
        ],
        "jpeg2000": [
            encode_photo(array_to_photo(smooth), "JPEG2000"),
            bytes(imagecodecs.jpeg2k_encode(deep, level=0, codecformat="j2k")),
        ],
        "jpegxl": [
            encode_photo(array_to_photo(smooth), "JPEGXL"),
            bytes(imagecodecs.jpegxl_encode(smooth, level=80)),
        ],
        "heic": [save_heic(smooth)],
        "pnm": [save(smooth, "PPM"), save(smooth[..., 0], "PPM"), b"P1\n3 2\n0 1 0 1 0 1\n"],
        "gif": [save(palette, "GIF"), save(smooth[..., 0], "GIF")],
        "webp": [
            save(smooth, "WEBP", **rich),
            save(rgba, "WEBP", lossless=True),
            save(palette, "WEBP", save_all=True, append_images=[palette]),
        ],
        "bmp": [save(smooth, "BMP"), save(palette, "BMP"), save(smooth[..., 0], "BMP")],
        "raw": [make_dng(deep)],
        "avif": [save(smooth, "AVIF", **exif), save(rgba, "AVIF"), save_deep_avif(deep)]
        if "AVIF" in list_formats()
        else [],
    }


def png_text(xmp: bytes) -> bytes:
    """Make the chunk in which a PNG keeps its XMP packet."""
    return png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)


def make_layer() -> bytes:
    """Make a layer of hints: a few opaque strokes on nothing."""
    layer = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    layer[4:8, 5:20] = (200, 40, 30, 255)
    layer[15:18, 2:9] = (30, 60, 200, 255)
    return save(layer, "PNG")


def make_hints() -> bytes:
    """Make a list of hints as a user writes it."""
    hints = [
        {"x": 10, "y": "40%", "color": "#8fb0d8", "radius": 3},
        {"x": "30%", "y": 5.5, "color": "gray"},
    ]
    return json.dumps(hints).encode()


def make_network_files() -> dict[str, bytes]:
    """Make the files of a network of one's own."""
    tiny = make_tiny()
    bins = io.BytesIO()
    np.save(bins, np.random.default_rng(0).uniform(-100, 100, (313, 2)))
    entry = {**ENTRY, "bins": "bins.npy", "vividness": 1.0, "rebalanced": True}
    return {
        "deploy.prototxt": tiny.prototxt.encode(),
        "tiny.caffemodel": tiny.weights,
        "network.json": json.dumps(entry, indent=1).encode(),
        "bins.npy": bins.getvalue(),
    }


def make_graph() -> bytes:
    """Make a prototxt with a layer of every type that is run, and every setting."""
    kernel = {"kernel_h": 3, "kernel_w": 1, "pad_h": 1, "pad_w": 0, "stride_h": 1, "stride_w": 1}
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("Scale", "data_l", {"axis": 1, "num_axes": 1, "bias_term": True}),
        ("BatchNorm", "scale", {"eps": 1e-5, "use_global_stats": True}),
        ("Convolution", "batchnorm", {"num_output": 4, **kernel, "dilation": 1, "group": 1}),
        ("ReLU", "convolution", {"negative_slope": 0.1}),
        ("Deconvolution", "relu", {"num_output": 4, "kernel_size": 3, "pad": 1, "stride": 1}),
        ("Eltwise", "deconvolution relu", {"operation": "SUM", "coeff": (1.0, 0.5)}),
        ("Concat", "eltwise relu", {"axis": 1}),
        ("Silence", "concat", {}),
        ("Softmax", "concat", {"axis": 1}),
    ]
    layers = tuple(
        LayerSpec(kind.lower(), kind, tuple(bottoms.split()), (kind.lower(),), settings)
        for kind, bottoms, settings in rows
    )
    graph = NetworkGraph("all", (InputSpec("data_l", (1, 1, 16, 16)),), layers)
    return format_prototxt(graph).encode()


def make_zip() -> bytes:
    """Make a zip of photos to train on, packed in each way that zips know."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        ways = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
        for number, way in enumerate(ways):
            info = zipfile.ZipInfo(f"folder/{number}.png")
            archive.writestr(info, save(make_samples(16, 16, seed=number), "PNG"), way)
        archive.writestr(zipfile.ZipInfo("../../outside.jpg"), save(make_smooth(16, 16), "JPEG"))
    return file.getvalue()


def make_checkpoint() -> bytes:
    """Make what training goes on from."""
    import torch

    from colorize_lab.training.loop import Trainer
    from tests.helpers.small_network import SMALL_SCHEDULE, make_small_network

    trainer = Trainer(make_small_network(), SMALL_SCHEDULE, torch.device("cpu"))
    pixels = np.random.default_rng(0).integers(0, 256, (8, 3, 32, 32), np.uint8)
    next(trainer.run(torch.from_numpy(pixels)))
    with TemporaryDirectory() as folder:
        trainer.save(Path(folder) / "checkpoint.pt")
        return (Path(folder) / "checkpoint.pt").read_bytes()


def make_log() -> bytes:
    """Make the log of a training."""
    head = b"samples,minutes,loss,rate,side,cross_entropy,raw_auc,balanced_auc,ab_rmse\r\n"
    return head + b"64,0.1,5.5,0.002,96,,,,\r\n128,0.2,5.1,0.002,96,4.9,88.1,77.5,21\r\n"


def make_packet() -> bytes:
    """Make an XMP packet with a provenance."""
    return add_provenance(Metadata(xmp=XMP), RECORDS).xmp or b""
