"""SRGB to L*a*b* and back, in float32, with the lightness kept and no colour clipped.

Every matrix row here sums to one, because XYZ is taken relative to sRGB's own white (D65, 2°).
So each row is written as one channel plus weighted differences from it: equal channels give a
chroma of exactly zero, and a chroma of zero gives exactly equal channels.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from colorize_lab.color.strips import run_strips

__all__ = ["join_lightness_chroma", "lab_to_rgb", "rgb_to_lab", "rgb_to_lightness"]

Floats: TypeAlias = NDArray[np.float32]
Planes: TypeAlias = tuple[Floats, Floats, Floats]

# ITU-R BT.709 primaries with D65 white: linear RGB to XYZ, each row scaled to a white of 1.
_RGB_TO_XYZ = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
_RGB_TO_XYZ /= _RGB_TO_XYZ.sum(axis=1, keepdims=True)
_XYZ_TO_RGB = np.linalg.inv(_RGB_TO_XYZ)

# CIE 1976: the cube root is replaced by its tangent below this value of f.
_KNEE = 6 / 29
_SLOPE = 3 * _KNEE**2

# Rounding in float32 stays well below this; it is 0.001 of L* at black.
_GAMUT_TOLERANCE = 1e-6
_SHRINK_STEPS = 10


def rgb_to_lightness(rgb: Floats) -> Floats:
    """Compute the lightness L* of sRGB pixels.

    Parameters
    ----------
    rgb : ndarray of float32, shape (H, W, 3)
        SRGB, 0..1.

    Returns
    -------
    ndarray of float32, shape (H, W)
        L*, 0..100, within 0.001 of the same computed in float64.

    Examples
    --------
    >>> rgb_to_lightness(np.full((1, 1, 3), 0.5, np.float32)).round(2)
    array([[53.39]], dtype=float32)
    """
    height, width = rgb.shape[:2]
    lightness = np.empty((height, width), np.float32)

    def work(rows: slice) -> None:
        red, green, blue = _linearize(rgb[rows])
        luminance = _mix(_RGB_TO_XYZ[1], red, green, blue)
        lightness[rows] = 116 * _luminance_to_f(luminance) - 16

    run_strips(work, height, width)
    return lightness


def _linearize(rgb):
    power = np.power((rgb + 0.055) * (1 / 1.055), np.float32(2.4))
    linear = np.where(rgb > 0.04045, power, rgb * (1 / 12.92))
    return linear[..., 0], linear[..., 1], linear[..., 2]

def _mix(row, red, green, blue):
    return green + float(row[0]) * (red - green) + float(row[2]) * (blue - green)

def _luminance_to_f(t):
    return np.where(t > _KNEE**3, np.power(t, np.float32(1 / 3)), t * (1/_SLOPE) + 4 / 29)

def rgb_to_lab(rgb):
    lab = np.empty(rgb.shape, np.float32)
    def work(rows):
        linear=_linearize(rgb[rows])
        fx, fy, fz = (_luminance_to_f(_mix(row, *linear)) for row in _RGB_TO_XYZ)
        lab[rows,:,0]=116*fy-16
        lab[rows,:,1]=500*(fx-fy)
        lab[rows,:,2]=200*(fy-fz)
    run_strips(work, *rgb.shape[:2])
    return lab

def join_lightness_chroma(lightness, ab):
    height, width = lightness.shape
    rgb = np.empty((height, width, 3), np.float32)
    def work(rows):
        _join(lightness[rows], ab[rows,:,0], ab[rows,:,1], rgb[rows])
    run_strips(work, height, width)
    return rgb

def _join(lightness, a, b, rgb):
    fy=(lightness+16)*(1/116)
    dx=a*(1/500); dz=b*(-1/200)
    lum=_cube(fy)
    linear=_lin(fy,lum,dx,dz)
    out=_excess(linear)>_GAMUT_TOLERANCE
    if out.any():
        fitted=_shrink(fy[out],lum[out],dx[out],dz[out])
        for plane, fit in zip(linear,fitted): plane[out]=fit
    for channel, plane in enumerate(linear):
        rgb[...,channel]=_encode(plane)

def _cube(t):
    u=np.maximum(t,_KNEE)
    return u*u*u+_SLOPE*(t-u)

def _lin(fy,lum,dx,dz):
    x=_cube(fy+dx)-lum
    z=_cube(fy+dz)-lum
    return tuple(lum+float(m[0])*x+float(m[2])*z for m in _XYZ_TO_RGB)

def _excess(linear):
    r,g,b=linear
    return np.maximum(np.maximum(np.maximum(r,g),b)-1, -np.minimum(np.minimum(r,g),b))

STAT=[0,0]
def _shrink(fy,lum,dx,dz):
    STAT[0]+=fy.size
    lo=np.zeros_like(fy); step=1.
    for _ in range(_SHRINK_STEPS):
        step/=2
        mid=lo+step
        lo=np.where(_excess(_lin(fy,lum,mid*dx,mid*dz))<=_GAMUT_TOLERANCE,mid,lo)
    return _lin(fy,lum,lo*dx,lo*dz)

def _encode(lin):
    lin=np.clip(lin,0,1)
    return np.where(lin>0.0031308, 1.055*np.power(lin,np.float32(1/2.4))-0.055, 12.92*lin)
