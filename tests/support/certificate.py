"""A certificate for 127.0.0.1 that nobody has signed but itself."""

import shutil
import subprocess
from pathlib import Path

import pytest


def make_certificate(pem: Path, key: Path) -> None:
    """Make one, and its key; the test is skipped where there is no openssl."""
    if not shutil.which("openssl"):
        pytest.skip("apt-get install openssl")
    what = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = "-addext subjectAltName=IP:127.0.0.1"
    command = ["openssl", *what.split(), *names.split(), "-keyout", str(key), "-out", str(pem)]
    subprocess.run(command, check=True, capture_output=True)
