"""What is sent is measured while it arrives: beyond the limit nothing more of it is kept, on disk or in memory."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

HEARD_OUT = 4  # times the limit: so much is let run past, so that a browser reads our answer instead of a broken line


class Limited(FileUploadHandler):
    """The first of the upload handlers: passes on what comes until all files of a request have reached the limit."""

    received = 0
    announced = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *_args: Any, **_more: Any) -> None:
        self.announced = content_length

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.LARGEST_FILE:
            raise StopUpload(connection_reset=self.announced > HEARD_OUT * settings.LARGEST_FILE)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one make the file."""
