"""A certificate for 127.0.0.1 that nobody has signed but itself, and one that somebody has."""

import shutil
import subprocess
from collections.abc import Sequence
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


def make_certificate_of(hosts: Sequence[str], folder: Path) -> tuple[Path, Path, Path]:
    """Make one for some hosts, as rustls wants it; return the signer's, its own, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("apt-get install openssl")
    names = ",".join(f"DNS:{host}" for host in hosts)
    signer, key, pem, own = (folder / name for name in ("ca.pem", "ca.key", "one.pem", "one.key"))
    common = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    made = ["openssl", *common, "-subj", "/CN=ca", "-keyout", str(key), "-out", str(signer)]
    subprocess.run(made, check=True, capture_output=True)
    signed = ["-CA", str(signer), "-CAkey", str(key), "-addext", f"subjectAltName={names}"]
    signed += ["-addext", "basicConstraints=critical,CA:FALSE"]
    made = ["openssl", *common, "-subj", "/CN=one", *signed, "-keyout", str(own), "-out", str(pem)]
    subprocess.run(made, check=True, capture_output=True)
    return signer, pem, own
