"""Finds Chromium for the browser tests. As a script: installs it where this machine lets us."""

import os
import shutil
import subprocess
import sys

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else [shutil.which(name) for name in _NAMES]
    if found := next(filter(None, candidates), None):
        return found
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to import, seldom needed

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110 - a plain question


def install() -> str | None:
    """Installs a Chromium by the system's packages, else by Playwright, and returns its path."""
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        attempts[:0] = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]]
    for attempt in attempts:
        subprocess.run(attempt, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600)
        if found := find():
            return found
    return None


if __name__ == "__main__":
    path = find() or install()
    print(f"browser tests will use {path}" if path else "no Chromium to be had: the browser tests will be skipped")
