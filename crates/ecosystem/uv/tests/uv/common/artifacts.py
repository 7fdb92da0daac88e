"""Writes wheels and sdists. Each argument after the folder is NAME VERSION KIND REQUIRES-PYTHON REQUIREMENT..., by lines.

KIND is a wheel's tag, or `sdist`; an sdist writes the file MARK when anything of it runs.
"""

import io
import pathlib
import sys
import tarfile
import zipfile

folder, mark = pathlib.Path(sys.argv[1]), sys.argv[2]
BUILD = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n"

for description in sys.argv[3:]:
    name, version, kind, python, *requirements = description.split("\n")
    stem = f"{name.replace('-', '_')}-{version}"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += f"Requires-Python: {python}\n" + "".join(f"Requires-Dist: {text}\n" for text in requirements)
    if kind == "sdist":
        setup = f"open({mark!r}, 'w')\nfrom setuptools import setup\nsetup(name={name!r}, version={version!r})\n"
        with tarfile.open(folder / f"{stem}.tar.gz", "w:gz") as archive:
            for path, text in {"PKG-INFO": metadata, "setup.py": setup, "pyproject.toml": BUILD}.items():
                member = tarfile.TarInfo(f"{stem}/{path}")
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
    else:
        with zipfile.ZipFile(folder / f"{stem}-{kind}.whl", "w") as archive:
            archive.writestr(f"{stem}.dist-info/METADATA", metadata)
            archive.writestr(f"{stem}.dist-info/WHEEL", f"Wheel-Version: 1.0\nTag: {kind}\n")
            archive.writestr(f"{stem}.dist-info/RECORD", "")
