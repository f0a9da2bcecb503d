# SPDX-License-Identifier: BSD-2-Clause
"""A disk that loses power: served to QEMU as a network block device, it stops at the n-th change.

The protocol is NBD's fixed newstyle handshake and simple replies, as its specification has them.
"""

import os
import socket
import struct
import threading
from pathlib import Path

SECTOR = 512
OPTION_MAGIC = b"IHAVEOPT"
OPTION_REPLY = 0x3E889045565A9
OPTION_GO, OPTION_INFO, OPTION_ABORT = 7, 6, 2
REPLY_ACK, REPLY_INFO, REPLY_UNSUPPORTED = 1, 3, 0x80000001
REQUEST, REPLY = 0x25609513, 0x67446698
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
HAS_FLAGS, SEND_FLUSH = 1, 4


class CutDisk:
    """Serves a disk image on a socket while it is used in a `with` statement.

    `events` are the changes of the disk since power-on: the offset of each write, or None for a
    flush. With `cut` the power goes at the event of that number, from 0: it does not happen, but
    for the first `torn` bytes of a write, and nothing is answered any more; `is_cut` is set then.
    With `keeps`, `written` has what each event wrote, empty for a flush.
    """

    def __init__(self, image: Path, cut: int | None = None, torn: int = 0, keeps: bool = False):
        self.events: list[int | None] = []
        self.written: list[bytes] = []
        self._keeps = keeps
        self.is_cut = threading.Event()
        self.path = image.with_suffix(".nbd")
        self._image = image
        self._cut = cut
        self._torn = torn

    def __enter__(self) -> "CutDisk":
        self.path.unlink(missing_ok=True)
        self._file = os.open(self._image, os.O_RDWR)
        self._size = os.fstat(self._file).st_size
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen(1)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_exception) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=30)
        os.close(self._file)
        self.path.unlink(missing_ok=True)

    @property
    def drive(self) -> str:
        """QEMU's name of the disk, for -drive."""
        return f"driver=nbd,server.type=unix,server.path={self.path}"

    def _serve(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        with connection:
            self._stream = connection.makefile("rwb")
            try:
                if self._shake_hands():
                    while self._answer():
                        pass
                    # A machine that lost its power waits for an answer until it is ended.
                    self._stream.read()
            except (OSError, struct.error):
                pass

    def _send(self, *parts: bytes) -> None:
        self._stream.write(b"".join(parts))
        self._stream.flush()

    def _receive(self, form: str) -> tuple:
        return struct.unpack(form, self._stream.read(struct.calcsize(form)))

    def _reply(self, option: int, kind: int, data: bytes = b"") -> None:
        self._send(struct.pack(">QIII", OPTION_REPLY, option, kind, len(data)), data)

    def _shake_hands(self) -> bool:
        self._send(b"NBDMAGIC", OPTION_MAGIC, struct.pack(">H", 3))
        self._receive(">I")
        while True:
            _, option, length = self._receive(">8sII")
            self._stream.read(length)
            if option in (OPTION_GO, OPTION_INFO):
                self._reply(option, REPLY_INFO,
                            struct.pack(">HQH", 0, self._size, HAS_FLAGS | SEND_FLUSH))
            supported = option in (OPTION_GO, OPTION_INFO, OPTION_ABORT)
            self._reply(option, REPLY_ACK if supported else REPLY_UNSUPPORTED)
            if option in (OPTION_GO, OPTION_ABORT):
                return option == OPTION_GO

    def _loses_power(self, offset: int | None) -> bool:
        self.events.append(offset)
        return len(self.events) - 1 == self._cut

    def _answer(self) -> bool:
        """Do one request; false when no further one is to be answered."""
        _, _, kind, handle, offset, length = self._receive(">IHHQQI")
        data = self._stream.read(length) if kind == WRITE else b""
        answer = b""
        if self._keeps and kind in (WRITE, FLUSH):
            self.written.append(data)
        if kind == DISCONNECT:
            return False
        if kind in (WRITE, FLUSH) and self._loses_power(offset if kind == WRITE else None):
            os.pwrite(self._file, data[:self._torn], offset)
            self.is_cut.set()
            return False
        if kind == READ:
            answer = os.pread(self._file, length, offset)
        elif kind == WRITE:
            os.pwrite(self._file, data, offset)
        self._send(struct.pack(">IIQ", REPLY, 0, handle), answer)
        return True
