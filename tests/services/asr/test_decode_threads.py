"""Threads that decode: reused, bounded, and left alone at the end."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import wait

import pytest

from services.asr.decode_threads import DecodeThreads


def test_results_and_errors_come_back() -> None:
    threads = DecodeThreads(2)
    assert threads.submit(pow, 2, 10).result(10) == 1024
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 1, 0).result(10)
    threads.shutdown()
    with pytest.raises(RuntimeError, match="shut down"):
        threads.submit(pow, 2, 10)


def test_no_more_threads_than_allowed_and_no_more_than_needed() -> None:
    before = threading.active_count()
    threads, names = DecodeThreads(3), set[str]()
    gate = threading.Barrier(3)

    def meet() -> None:
        names.add(threading.current_thread().name)
        gate.wait(10)

    for _ in range(20):
        wait([threads.submit(names.add, "one after the other")], 10)
    assert threading.active_count() - before <= 3
    done, missing = wait([threads.submit(meet) for _ in range(12)], 20)
    assert (len(done), len(missing)) == (12, 0)
    assert len([name for name in names if name.startswith("asr-decode")]) == 3
    threads.shutdown()


def test_a_process_ends_though_a_thread_does_not() -> None:
    code = (
        "import threading\n"
        "from services.asr.decode_threads import DecodeThreads\n"
        "began = threading.Event()\n"
        "threads = DecodeThreads(1)\n"
        "threads.submit(lambda: (began.set(), threading.Event().wait()))\n"
        "began.wait(10)\n"
        "threads.shutdown()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=30, check=False, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
