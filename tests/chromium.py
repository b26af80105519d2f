"""Is there a Chromium for the browser tests?  Installs Debian's where it may; else says in a sentence what to do."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium: JOURNEY_CHROMIUM where it is set, else the first that is installed."""
    return os.environ.get("JOURNEY_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Debian's package, for which one must be root or have sudo without a password."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get") and (not sudo or shutil.which("sudo")):
        print("Installing Chromium for the browser tests (once) ...", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run([*sudo, "apt-get", "install", "-y", "-qq", "chromium"], check=False, **quiet)


if __name__ == "__main__":
    if not find():
        install()
    if not find():
        sys.exit("The browser tests need Chromium. On Debian: apt-get install chromium; elsewhere set JOURNEY_CHROMIUM to its path.")
