"""Takes from a process what a query does not need: memory without end, large files, and the network."""

from __future__ import annotations

import ctypes
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

from kg.serve.limits import Limits

_SOCKET_CALL = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD|BPF_W|BPF_ABS, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000 | 13, 0x80000000  # 13 is EACCES
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


def confine(limits: Limits) -> None:
    """Bounds the calling process for good: its memory, the files that it writes, and (on Linux) no new sockets."""
    confine_writer(limits)
    bound(resource.RLIMIT_FSIZE, limits.result_bytes)


def confine_writer(limits: Limits) -> None:
    """The same without a bound to the files that it writes, for a process that changes a store."""
    bound(resource.RLIMIT_AS, _address_space() + limits.memory_bytes)
    bound(resource.RLIMIT_CORE, 0)
    forbid_sockets()


def bound(what: int, value: int) -> None:
    """Sets the soft limit of a resource, no higher than its hard limit."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def bound_processor_time(seconds: float) -> None:
    """From now on the process may use this many seconds of processor time: it then ends, even if nobody is left to kill it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    bound(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + 2)


def _address_space() -> int:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0


def forbid_sockets() -> bool:
    """Lets the kernel refuse every new socket of this process (seccomp, Linux). False where that cannot be had.

    It is the second wall: what would fetch is refused when a query is parsed. This one holds even where a parser errs.
    """
    call = _SOCKET_CALL.get(platform.machine())
    if sys.platform != "linux" or not call:
        return False
    architecture, number = call
    program = b"".join(
        struct.pack("HBBI", *instruction)
        for instruction in (
            (_LOAD, 0, 0, 4),  # the architecture
            (_EQUAL, 1, 0, architecture),
            (_RETURN, 0, 0, _KILL),
            (_LOAD, 0, 0, 0),  # the number of the call
            (_EQUAL, 0, 1, number),
            (_RETURN, 0, 0, _DENY),
            (_RETURN, 0, 0, _ALLOW),
        )
    )

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SECCOMP, _FILTER, ctypes.byref(Program(len(program) // 8, program)), 0, 0) == 0)
