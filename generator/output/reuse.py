"""What a site has already is kept where it was made from the same; all else is staged."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from generator.cache.model import KnownFile
from generator.output.tree import Staged, Tree
from generator.util import files as disk


class OutputReuse(msgspec.Struct, frozen=True, kw_only=True):
    """An output folder that this process holds, and what is remembered of its files."""

    output: Tree
    known: Mapping[str, KnownFile]
    """The files as they were last written."""
    altered: frozenset[str]
    """Paths of those that a look found to be missing, or to have another size or time."""
    is_forced: bool
    """Make and stage everything anew."""
    is_strict: bool
    """Look at the content of files, also where size and time are as they were."""

    def kept(self, path: str, key: bytes) -> Staged | None:
        """A file that is there and was made from what has this fingerprint."""
        known = self.known.get(path)
        if self.is_forced or known is None or known.key != key:
            return None
        stamp = known.stamp
        if path in self.altered or self.is_strict:
            found = self.output.held(path, known, is_strict=self.is_strict)
            if found is None:
                return None
            stamp = found
        return Staged(path=path, digest=known.digest, is_changed=False, key=key, stamp=stamp)

    def kept_all(self, paths: Sequence[str], key_of_first: Callable[[], bytes]) -> dict[str, KnownFile] | None:
        """Several files that were made together; nothing where they are to be looked at one by one.

        Args:
            paths: theirs.
            key_of_first: gives the fingerprint that the first one has now: if it is as it was, so are the others'.
        """
        found = {path: file for path in paths if (file := self.known.get(path))}
        if self.is_forced or len(found) < len(paths) or found[paths[0]].key != key_of_first():
            return None
        if self.is_strict or not self.altered.isdisjoint(paths):
            for path, file in found.items():
                stamp = self.output.held(path, file, is_strict=self.is_strict)
                if stamp is None:
                    return None
                found[path] = file if stamp == file.stamp else msgspec.structs.replace(file, stamp=stamp)
        return found

    def kept_below(self, folder: str, recorded: Mapping[str, str]) -> tuple[Staged, ...]:
        """The files below a folder, as the last build wrote them; none where one of them is missing or was altered.

        Args:
            folder: a path with a slash at the end.
            recorded: what ``Tree.recorded`` gives.
        """
        files = [
            Staged(path=path, digest=digest, is_changed=False)
            for path, digest in recorded.items()
            if path.startswith(folder)
        ]
        return tuple(files) if not self.is_forced and all(map(self._is_there, files)) else ()

    def _is_there(self, file: Staged) -> bool:
        known = self.known.get(file.path)
        if known is None or known.digest != file.digest:
            return disk.sha256_of_file(f"{self.output.root}/{file.path}") == file.digest
        return self.output.held(file.path, known, is_strict=self.is_strict) is not None

    def stage(self, path: str, data: bytes, key: bytes = b"") -> Staged:
        """Puts a file beside the site unless the site has it already, byte for byte."""
        return self.output.stage(path, data, is_forced=self.is_forced, key=key)


def as_staged(files: Mapping[str, KnownFile]) -> list[Staged]:
    """Files of the site that are kept as they are."""
    return [
        Staged(path=path, digest=file.digest, is_changed=False, key=file.key, stamp=file.stamp)
        for path, file in files.items()
    ]
