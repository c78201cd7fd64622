"""The door to OpenCV: what a broken or a too old one ends in."""

import subprocess
import sys
from pathlib import Path

import pytest

from colorize_lab.errors import OpenCVError
from colorize_lab.opencv import check_opencv_version


@pytest.mark.parametrize("version", ["4.10.0", "4.14.0.94", "4.99", "5.0.0", "5.1.2-dev"])
def test_version_4_10_and_later_is_taken(version: str) -> None:
    check_opencv_version(version)


@pytest.mark.parametrize("version", ["4.9.0", "4.5.5.64", "3.4.18"])
def test_earlier_version_is_refused_with_the_remedy(version: str) -> None:
    with pytest.raises(OpenCVError, match=r"opencv-contrib-python>=4\.10"):
        check_opencv_version(version)


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise ImportError('libGL.so.1: cannot open shared object file')", "libgl1"),
        ("raise ImportError('libGL.so.1: cannot open shared object file')", "headless"),
        ("__version__ = '4.9.0'", ">=4.10"),
    ],
)
def test_command_with_an_unusable_opencv_is_one_sentence(
    tmp_path: Path, gray_file: Path, module: str, said: str
) -> None:
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "cv2.py").write_text(module)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'fake')!r})\n"
        f"from colorize_lab.cli.main import main; main([{str(gray_file)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == OpenCVError.exit_code
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
