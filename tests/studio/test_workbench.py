"""The workbench's networks are used by one thread at a time."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from colorize_lab.studio import workbench

if TYPE_CHECKING:
    from colorize_lab.studio.session import Session


def test_a_diagnosis_keeps_previews_from_the_network(
    studio: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    (listed,) = studio.shelf.list()
    photo = studio.workbench.open(listed.id).photo
    others: list[threading.Thread] = []
    waited: list[bool] = []

    def diagnose(*_: object) -> SimpleNamespace:
        other = threading.Thread(target=studio.workbench.open, args=(listed.id,))
        others.append(other)
        other.start()
        other.join(0.3)
        waited.append(other.is_alive())
        return SimpleNamespace(treated_as="faded")

    monkeypatch.setattr(workbench, "diagnose_photo", diagnose)
    assert studio.workbench.find_need(photo) == "faded"
    others[0].join(5)
    assert waited == [True]
    assert not others[0].is_alive()
