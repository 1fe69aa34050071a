"""`nbgrader zip_collect`: unpacks what an instructor has downloaded from a learning platform."""

from pathlib import Path

from nbgrader.plugins import ExtractorPlugin

from grader.submissions.beside import irregular, left_out


class ExtractRegular(ExtractorPlugin):  # type: ignore[misc]  # nbgrader has no types
    """ExtractorPlugin that refuses links among the downloaded files, which it would follow.

    They come from a zip that was unpacked by another program. In zips, nbgrader follows no link.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        refused = irregular(Path(archive_path))
        if refused:
            said = left_out(archive_path, refused)
            self.parent.fail(f"Nothing is collected. Remove these, or use `bricks collect`. {said}")
        super().extract(archive_path, extracted_path)
