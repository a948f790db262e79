"""What pyproject.toml cannot say: files from outside the packages that a wheel must carry.

config.yaml and templates/ lie at the top, where people look for them; in a wheel they
lie inside the packages, where the program finds them next.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

INSIDE = {"config.yaml": "indexer/config.yaml", "templates": "search_app/templates"}


class BuildWithData(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:  # the files are found where they lie
            return
        for outside, inside in INSIDE.items():
            source, target = Path(__file__).with_name(outside), Path(self.build_lib, inside)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(source, target)


setup(cmdclass={"build_py": BuildWithData})
