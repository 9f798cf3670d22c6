"""The file a backup is: a tar with the tables' rows in portions, the files of posts, and a manifest as its last word.

Written from front to back, so that nothing needs room twice: into a side file beside its place, which gets its name
once everything is on the disk. What is cut short has no manifest and is no backup. Everything in it has its hash in the
manifest, and the manifest has its own.
"""

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

FORMAT = 1
MANIFEST, MANIFEST_HASH = "manifest.json", "manifest.sha256"
TABLES, FILES = "tables", "files"
#: So many bytes of rows are packed at once.
PORTION = 4 * 1024 * 1024
BLOCK = 256 * 1024
#: Quick, and nearly as small as it gets.
LEVEL = 4


class BadArchive(Exception):
    """This is no backup, or no longer one; the text says why in one sentence."""


class _Hashed(io.RawIOBase):
    """A file whose bytes are hashed while they are read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.hash.update(block)
        return block


class Writer:
    """What `writing` gives: adds members one after the other and remembers their hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.tables: dict[str, dict[str, Any]] = {}
        self.files: dict[str, dict[str, Any]] = {}

    def add_table(self, name: str, columns: list[str], blocks: Iterable[bytes | memoryview]) -> None:
        """A table's rows as `COPY ... TO STDOUT` gives them: one line a row."""
        whole, portion, count = hashlib.sha256(), bytearray(), 0
        rows = size = 0

        def send() -> None:
            nonlocal count
            count += 1
            self._member(f"{TABLES}/{name}/{count:06}.gz", gzip.compress(bytes(portion), LEVEL, mtime=0))
            portion.clear()

        for block in blocks:
            whole.update(block)
            portion += block
            size += len(block)
            if len(portion) >= PORTION:
                rows += portion.count(b"\n")
                send()
        rows += portion.count(b"\n")
        if portion:
            send()
        about = {"columns": columns, "rows": rows, "bytes": size, "sha256": whole.hexdigest()}
        self.tables[name] = about

    def add_file(self, name: str, path: Path) -> bool:
        """One uploaded file under its name in the store; False when it went away meanwhile."""
        try:
            with path.open("rb") as file:
                hashed = _Hashed(file)
                size = os.fstat(file.fileno()).st_size
                self._tar.addfile(_info(f"{FILES}/{name}", size), hashed)
        except FileNotFoundError:
            return False
        self.files[name] = {"bytes": size, "sha256": hashed.hash.hexdigest()}
        return True

    def finish(self, manifest: dict[str, Any]) -> None:
        """The last member: what is in here, and the hash of that."""
        told = json.dumps({"format": FORMAT, **manifest, "tables": self.tables, "files": self.files}, indent=1).encode()
        self._member(MANIFEST, told)
        self._member(MANIFEST_HASH, hashlib.sha256(told).hexdigest().encode())

    def _member(self, name: str, data: bytes) -> None:
        self._tar.addfile(_info(name, len(data)), io.BytesIO(data))


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A writer whose file gets the name `path` when the block ends well; otherwise nothing is left of it."""
    side = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(side, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        side.rename(path)
    except BaseException:
        side.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Reader:
    """A backup that was looked through once: every hash is right. BadArchive when one is not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._tar = tarfile.open(path, mode="r:")  # noqa: SIM115 - closed by close()
            self._members = {member.name: member for member in self._tar.getmembers()}
        except (tarfile.TarError, OSError, EOFError) as error:
            raise BadArchive(f"{path} cannot be read as a backup: {error}.") from error
        self.manifest = self._read_manifest()

    def close(self) -> None:
        self._tar.close()

    def _read_manifest(self) -> dict[str, Any]:
        try:
            told, known = self._read(MANIFEST), self._read(MANIFEST_HASH).decode()
        except KeyError:
            raise BadArchive(f"{self.path} has no manifest: it is no backup, or was cut short.") from None
        if hashlib.sha256(told).hexdigest() != known:
            raise BadArchive(f"The manifest of {self.path} was changed: its hash is another one.")
        manifest: dict[str, Any] = json.loads(told)
        if manifest.get("format") != FORMAT:
            raise BadArchive(f"{self.path} was made by another version of Peerdesk (format {manifest.get('format')}).")
        return manifest

    def _read(self, name: str) -> bytes:
        file = self._tar.extractfile(self._members[name])
        if file is None:
            raise BadArchive(f"{name} in {self.path} is no file.")
        return file.read()

    def verify(self) -> None:
        """Read everything once and compare each hash with the manifest's. BadArchive names the first that is wrong."""
        for name, about in self.manifest["tables"].items():
            whole = hashlib.sha256()
            for block in self.rows(name):
                whole.update(block)
            if whole.hexdigest() != about["sha256"]:
                raise BadArchive(f"The table {name} in {self.path} is not as it was written.")
        for name, about in self.manifest["files"].items():
            if file_hash(self.file(name)) != about["sha256"]:
                raise BadArchive(f"The file {name} in {self.path} is not as it was written.")

    def rows(self, table: str) -> Iterator[bytes]:
        """A table's rows in portions, as `COPY ... FROM STDIN` takes them."""
        number = 1
        while (name := f"{TABLES}/{table}/{number:06}.gz") in self._members:
            try:
                yield gzip.decompress(self._read(name))
            except (OSError, EOFError, zlib.error) as error:
                raise BadArchive(f"The table {table} in {self.path} is not as it was written.") from error
            number += 1

    def file(self, name: str) -> IO[bytes]:
        """One uploaded file. BadArchive for a name that leads out of the folder, or is not there."""
        parts = PurePosixPath(name).parts
        member = self._members.get(f"{FILES}/{name}")
        if not parts or name.startswith("/") or ".." in parts or member is None or not member.isreg():
            raise BadArchive(f"There is no file {name[:80]!r} in {self.path}.")
        file = self._tar.extractfile(member)
        assert file is not None  # a regular file
        return file


def file_hash(file: IO[bytes]) -> str:
    """The SHA-256 of what is left to read, in hexadecimal."""
    hashed = hashlib.sha256()
    while block := file.read(BLOCK):
        hashed.update(block)
    return hashed.hexdigest()
