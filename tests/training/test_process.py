"""What a run asks of its process."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

import pytest

pytest.importorskip("torch")

import torch

from colorize_lab.errors import DeviceError
from colorize_lab.opencv import cv2
from colorize_lab.training import process


def test_interrupt_is_deferred_and_a_second_one_is_not():
    with process.defer_interrupts() as end_wanted:
        os.kill(os.getpid(), signal.SIGINT)
        assert end_wanted.is_set()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_request_to_end_is_deferred():
    before = signal.getsignal(signal.SIGTERM)
    with process.defer_interrupts() as end_wanted:
        os.kill(os.getpid(), signal.SIGTERM)
        assert end_wanted.is_set()
    assert signal.getsignal(signal.SIGTERM) == before


def test_other_threads_leave_signals_alone():
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work() -> None:
        with process.defer_interrupts() as end_wanted:
            seen.append((signal.getsignal(signal.SIGINT), end_wanted.is_set()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(before, False)]


def test_cuda_without_a_device_names_the_remedy(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert process.choose_torch_device("auto").type == "cpu"
    with pytest.raises(DeviceError, match="--device cpu"):
        process.choose_torch_device("cuda")


def test_cpu_is_taken_where_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert process.choose_torch_device("cpu").type == "cpu"


def test_threads_are_limited_everywhere():
    before = torch.get_num_threads(), cv2.getNumThreads()
    process.limit_threads(1)
    assert (torch.get_num_threads(), cv2.getNumThreads()) == (1, 1)
    torch.set_num_threads(before[0])
    cv2.setNumThreads(before[1])


class FakeC:
    """A C library of old, which refuses large thresholds."""

    def __init__(self) -> None:
        self.settings: dict[int, int] = {}

    def mallopt(self, parameter: int, value: int) -> bool:
        if parameter == -3 and value > 32 << 20:
            return False
        self.settings[parameter] = value
        return True


@pytest.mark.parametrize(
    ("platform", "settings"), [("linux", {-3: 32 << 20, -1: 1 << 30}), ("darwin", {})]
)
def test_allocator_keeps_memory_on_linux_only(monkeypatch, platform, settings):
    library = FakeC()
    monkeypatch.setattr(process.ctypes, "CDLL", lambda name: library)
    monkeypatch.setattr(process.sys, "platform", platform)
    process.keep_memory()
    assert library.settings == settings


def test_c_library_without_that_setting_is_left_alone(monkeypatch):
    monkeypatch.setattr(process.ctypes, "CDLL", lambda name: object())
    monkeypatch.setattr(process.sys, "platform", "linux")
    process.keep_memory()


@pytest.mark.skipif(sys.platform != "linux", reason="asks the real C library")
def test_real_c_library_takes_the_setting():
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        pytest.skip("not glibc")
    assert mallopt(process.M_MMAP_THRESHOLD, process.OLD_LIMIT_BYTES) == 1
    assert mallopt(process.M_TRIM_THRESHOLD, process.KEPT_BYTES) == 1
