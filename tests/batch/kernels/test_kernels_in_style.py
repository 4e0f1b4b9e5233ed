"""Plain matplotlib in a kernel of ours: the house's letters and look from the first cell on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.batch.conftest import Kernel

pytestmark = pytest.mark.xdist_group("warm")

PLAIN = """
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([1, 2, 3])
ax.set_title("海外投資家の売買")
plt.show()
"""


@pytest.mark.parametrize("warm", [True, False])
def test_a_japanese_title_shows_without_warnings_or_paths(start: Callable[..., Kernel], warm: bool) -> None:
    kernel = start() if warm else start(None)
    heard = kernel.outputs(PLAIN)
    assert [message["content"] for message in heard if message["msg_type"] == "stream"] == []
    pictures = [message["content"]["data"] for message in heard if message["msg_type"] == "display_data"]
    assert len(pictures) == 1 and "image/png" in pictures[0]
    assert kernel.says("print('_house_style' in globals(), plt.rcParams['axes.spines.top'])") == "False False"
