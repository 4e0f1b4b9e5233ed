"""Install locked versions and this package, in place, into the environment whose Python runs this.

    .venv/bin/python tools/install.py requirements.lock [requirements-test.lock]

uv does it, at the version and hash of requirements-uv.lock, from the package index that pip is configured for: uv does
not read pip's configuration, so it is passed on. Where uv cannot be installed or does not succeed, pip installs the
same lock files and this says so. Either way a file whose hash is not in the lock, or a lock without one, is refused.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

UV_LOCK: Final = "requirements-uv.lock"
PIP: Final = (sys.executable, "-m", "pip")
PIP_INSTALL: Final = (*PIP, "install", "--quiet", "--disable-pip-version-check", "--compile")
PACKAGE: Final = ("--no-deps", "--no-build-isolation", "--editable", ".")
# pip takes the best version of all indexes, which is safe as long as hashes decide.
EVERY_INDEX: Final = "unsafe-best-match"
# pip's option, and the variable by which uv reads the same.
SAME_MEANING: Final = {
    "index-url": "UV_DEFAULT_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "retries": "UV_HTTP_RETRIES",
    "only-binary": "UV_ONLY_BINARY",
    "no-binary": "UV_NO_BINARY",
}
YES: Final = ("1", "true", "yes", "on", "y", "t")


def main() -> int:
    """Install what the command line names; the exit code of what was run last."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("locks", nargs="+", metavar="LOCK")
    parser.add_argument("--pip", action="store_true", help="install with pip alone")
    arguments = parser.parse_args()
    locked = ["--require-hashes", *(word for lock in arguments.locks for word in ("-r", lock))]
    if not arguments.pip:
        if installed_by_uv(locked):
            return 0
        print("install: pip installs the same lock files instead", file=sys.stderr)
    return run([*PIP_INSTALL, *locked]) or run([*PIP_INSTALL, *PACKAGE])


def installed_by_uv(locked: list[str]) -> bool:
    """Whether uv could be had and installed everything; what stood in its way is on standard error."""
    if run([*PIP_INSTALL, "--require-hashes", "-r", UV_LOCK]):
        print("install: uv could not be installed", file=sys.stderr)
        return False
    uv = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--python", sys.executable]
    settings = {**os.environ, **uv_settings(pip_options())}
    done = run([*uv, "--compile-bytecode", *locked], settings) or run([*uv, *PACKAGE], settings)
    if done:
        print("install: uv did not succeed", file=sys.stderr)
    return not done


def run(words: list[str], environment: dict[str, str] | None = None) -> int:
    """The exit code of a command."""
    try:
        return subprocess.run(words, env=environment, check=False).returncode
    except OSError as error:
        print(f"install: {words[0]}: {error}", file=sys.stderr)
        return 1


def pip_options() -> dict[str, str]:
    """What pip's files and variables set for ``pip install``, by option; later ones override as they do for pip."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False).stdout
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        name, separator, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if separator and section in found:
            found[section][option.lower().replace("_", "-").lstrip("-")] = str(ast.literal_eval(value))
    return {option: value for options in found.values() for option, value in options.items()}


def uv_settings(options: dict[str, str]) -> dict[str, str]:
    """The variables by which uv does what pip's options say. What the caller set for uv itself stays."""
    settings = {
        SAME_MEANING[option]: " ".join(value.split()) for option, value in options.items() if option in SAME_MEANING
    }
    settings["UV_INDEX_STRATEGY"] = EVERY_INDEX
    settings["UV_INDEX"] = " ".join(there(options.get("extra-index-url", "")))
    settings["UV_FIND_LINKS"] = ",".join(there(options.get("find-links", "")))
    settings |= {
        name: "1"
        for option, name in (("no-index", "UV_NO_INDEX"), ("no-cache-dir", "UV_NO_CACHE"))
        if is_on(options, option)
    }
    return {name: value for name, value in settings.items() if value and name not in os.environ}


def is_on(options: dict[str, str], option: str) -> bool:
    """Whether a switch of pip is set."""
    return options.get(option, "").lower() in YES


def there(locations: str) -> list[str]:
    """The locations without folders of this machine that do not exist, which pip passes over with a warning."""
    found = []
    for location in locations.split():
        parts = urlsplit(location)
        folder = Path(url2pathname(parts.path) if parts.scheme == "file" else location).expanduser()
        if parts.scheme not in ("", "file") or folder.exists():
            found.append(location if parts.scheme else str(folder))
        else:
            print(f"install: {location} is passed over: there is nothing", file=sys.stderr)
    return found


if __name__ == "__main__":
    sys.exit(main())
