"""The process that decodes one container: `python -m services.audio.decoder_worker`, driven over its pipes.

What crashes libav, or makes it eat time and memory, ends this process and one stream. It ends when its
stream does, and with its owner, whatever became of that.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import sys
from pathlib import Path

from services.audio.containers import Container
from services.audio.decoder_pipe import CONSUMED, FORMAT, HEADER, MAX_PCM_BYTES, Kind, Order, pack, pack_error
from services.audio.errors import AudioContentError, AudioError, Reason
from services.audio.format import AudioFormat, Encoding
from services.audio.libav import Decoded, decode


class Output:
    """Gathers what was decoded, and writes it when there is much of it or nothing else to do."""

    def __init__(self, fd: int, order: Order) -> None:
        self._fd = fd
        self._order = order
        self._pcm: list[bytes] = []
        self._pcm_bytes = 0
        self._seconds = 0.0
        self._is_told = False

    def take(self, decoded: Decoded, received: int) -> None:
        """Take what was decoded out of the first `received` bytes.

        Raises:
            AudioContentError: AUDIO_DECODER_LIMIT, it is more than such a stream may hold.
        """
        if not self._is_told:
            self._is_told = True
            self.write(pack(Kind.FORMAT, FORMAT.pack(decoded.sample_rate_hertz, decoded.channel_count)))
        self._seconds += len(decoded.pcm) / (2 * decoded.channel_count * decoded.sample_rate_hertz)
        order = self._order
        allowed = min(order.max_seconds, order.free_seconds + received / order.least_bytes_per_second)
        if self._seconds > allowed:
            raise AudioContentError(
                Reason.DECODER_LIMIT,
                f"{received} bytes hold more than the {allowed:.0f} s of audio that are decoded of so many",
                decoded.position,
            )
        self._pcm.append(decoded.pcm)
        self._pcm_bytes += len(decoded.pcm)
        if self._pcm_bytes >= MAX_PCM_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered."""
        if self._pcm_bytes:
            self.write(pack(Kind.PCM, b"".join(self._pcm)))
            self._pcm.clear()
            self._pcm_bytes = 0

    def write(self, frame: bytes) -> None:
        """Waits while the owner does not read."""
        view = memoryview(frame)
        while view:
            view = view[os.write(self._fd, view) :]


class Input:
    """The stream, for libav to read from (services.audio.source.Source)."""

    def __init__(self, fd: int, order: Order, output: Output) -> None:
        self.position = 0
        self.ended = False
        self._fd = fd
        self._order = order
        self._output = output
        self._cpu_seconds = 0

    def read(self, size: int) -> bytes:
        if not select.select([self._fd], [], [], 0)[0]:
            self._output.flush()
            self._output.write(pack(Kind.HUNGRY, CONSUMED.pack(self.position)))
        data = os.read(self._fd, size)
        self.position += len(data)
        self.ended = not data
        self._allow_time()
        return data

    def _allow_time(self) -> None:
        # It grows with the stream; past it the kernel ends this process with SIGXCPU.
        seconds = int(self._order.cpu_seconds + self.position * self._order.cpu_seconds_per_byte)
        if seconds > self._cpu_seconds:
            self._cpu_seconds = seconds
            _, hard = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def serve(read_fd: int, write_fd: int) -> None:
    """Decode one stream."""
    kind, size = HEADER.unpack(_read_exactly(read_fd, HEADER.size))
    assert kind == Kind.ORDER
    order = Order.unpack(_read_exactly(read_fd, size))
    output = Output(write_fd, order)
    source = Input(read_fd, order, output)
    declared = AudioFormat(Encoding(order.encoding), order.sample_rate_hertz, order.channel_count)
    _limit_memory(order.memory_bytes)
    try:
        for decoded in decode(Container(order.container), declared, source):
            output.take(decoded, source.position)
        last = pack(Kind.END)
    except AudioError as error:
        last = pack_error(error)
    except MemoryError:
        limit = order.memory_bytes >> 20
        message = f"decoding takes more than {limit} MiB of memory"
        last = pack_error(AudioContentError(Reason.DECODER_LIMIT, message, source.position))
    output.flush()
    output.write(last)


def _limit_memory(headroom: int) -> None:
    """Allow so much more than what is mapped now, where the system says what that is."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + headroom, mapped + headroom))


def _read_exactly(fd: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = os.read(fd, size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def main() -> int:
    """Serve one stream; returns the exit code."""
    # The owner decides when it ends: an interrupt at the terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody reads any more: the end, without a word
    write_fd = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints goes to the log
    os.write(write_fd, pack(Kind.READY))
    with contextlib.suppress(EOFError):  # there was no stream for it
        serve(sys.stdin.fileno(), write_fd)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
