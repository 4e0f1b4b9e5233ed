"""The policy of every page: nothing is loaded, and no script runs but one of our own that is named by its hash."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

# Nothing is loaded: pictures, letters and style come with the page.
POLICY: Final = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"


def page_policy(script: str = "") -> str:
    """The policy of a page without script, or with this one and no other."""
    if not script:
        return POLICY
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"{POLICY}; script-src 'sha256-{base64.b64encode(digest).decode('ascii')}'"
