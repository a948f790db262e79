"""Data folders with several generations of the same content, whose files may be harmed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from indexer.index.generation import FOLDER, current_name, read_manifest, switch_to, write_manifest


def two_generations(source: Path, data: Path) -> Path:
    """A data folder with the source's generation twice, as "older" and as "newer", which is current.

    Files are links to the source's: they are to be replaced, never written into.
    """
    whole = source / FOLDER / current_name(source)
    for number, name in enumerate(("older", "newer"), 1):
        copied(whole, data / FOLDER / name, number=number)
    switch_to(data, "newer")
    os.symlink(source / "snapshots", data / "snapshots")
    return data


def copied(whole: Path, folder: Path, **changes: object) -> None:
    """A generation of another name, its files links to those of a whole one; `changes` of its manifest."""
    shutil.copytree(whole, folder, copy_function=os.link)
    (folder / "manifest.json").unlink()
    write_changed(whole, folder, id=folder.name, **changes)


def write_changed(whole: Path, folder: Path, **changes: object) -> None:
    """The manifest of one generation, changed, as that of another."""
    manifest = read_manifest(whole)
    values = {name: getattr(manifest, name) for name in manifest.__slots__}
    write_manifest(folder, type(manifest)(**values | changes))


def on_its_own(path: Path) -> Path:
    """A linked file, or one in a linked folder, as one that may be written into."""
    if path.parent.is_symlink():
        whole = path.parent.resolve()
        path.parent.unlink()
        shutil.copytree(whole, path.parent, copy_function=os.link)
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    return path
