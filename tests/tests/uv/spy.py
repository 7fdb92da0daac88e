"""A build backend, and a command, that looks for canaries wherever a process shows something, now and later."""

import base64
import glob
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import time
import zipfile

LOOT = os.path.join(os.environ["HOME"], "loot")


def note(*words):
    with open(LOOT, "a") as file:
        file.write(" ".join(words) + "\n")


def read(path, size=-1):
    try:
        with open(path, "rb") as file:
            return file.read(size)
    except OSError:
        return b""


def look(place):
    """Notes every process that shows a canary in its environment or arguments."""
    for folder in glob.glob("/proc/[0-9]*"):
        name = read(folder + "/comm").decode().strip()
        for part in ("environ", "cmdline"):
            if b"CANARY" in read(f"{folder}/{part}"):
                note(place, "found", part, name)
    note(place, "looked")


def leave_behind():
    command = [sys.executable, __file__, "later"]
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.Popen(command, start_new_session=True, **silent)


def build_sdist(out, config=None):
    look("sdist")
    leave_behind()
    name = "duo_base-0.1.0"
    text = b"Metadata-Version: 2.1\nName: duo-base\nVersion: 0.1.0\nRequires-Python: >=3.9\n"
    with tarfile.open(f"{out}/{name}.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo(name + "/PKG-INFO")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
        for file in ("pyproject.toml", "spy.py"):
            archive.add(file, f"{name}/{file}")
    return name + ".tar.gz"


def recorded(name, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def build_wheel(out, config=None, metadata=None):
    look("wheel")
    info = "duo_base-0.1.0.dist-info/"
    members = {
        "duo_base/__init__.py": "",
        info + "METADATA": "Metadata-Version: 2.1\nName: duo-base\nVersion: 0.1.0\nRequires-Python: >=3.9\n",
        info + "WHEEL": "Wheel-Version: 1.0\nGenerator: spy 1\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(recorded(name, text.encode()) for name, text in members.items()) + info + "RECORD,,\n"
    with zipfile.ZipFile(f"{out}/duo_base-0.1.0-py3-none-any.whl", "w") as archive:
        for name, text in {**members, info + "RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return "duo_base-0.1.0-py3-none-any.whl"


if __name__ == "__main__":
    look("command")
    if sys.argv[1:] == ["later"]:
        for _ in range(600):
            look("later")
            time.sleep(0.05)
