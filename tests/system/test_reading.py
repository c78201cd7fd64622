"""Reading: what the system says becomes an InputError, and nothing else does."""

from pathlib import Path

import pytest

from colorize_lab.errors import InputError
from colorize_lab.system.reading import explain_read_errors


def test_missing_file_and_folder_are_named(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "lost.jpg", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(InputError, match=reason) as caught, explain_read_errors(path):
            path.read_bytes()
        assert str(path) in str(caught.value)
        assert isinstance(caught.value.__cause__, OSError)


def test_other_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), explain_read_errors(tmp_path):
        raise ValueError("mine")
