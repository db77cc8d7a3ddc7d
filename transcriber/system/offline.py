"""Taking the network away from a process.

deny_network() asks the kernel: on Linux a seccomp filter makes every socket() answer "permission denied", for this
process, all its threads and all its children, native code included, for good. refuse_egress() is the guard in Python
for other systems, and for the web process, which needs its own listening socket.
Sources: seccomp(2), linux/filter.h, linux/audit.h and the two architectures' system call tables.
"""

import ctypes
import errno
import ipaddress
import os
import platform
import struct
import sys

from transcriber.system.telemetry import SILENT

# Architecture's audit number, and the numbers of its system calls seccomp and socket.
_SYSCALLS = {"x86_64": (0xC000003E, 317, 41), "aarch64": (0xC00000B7, 277, 198)}
_IO_URING_SETUP = 425  # it could make sockets without socket()
_X32 = 0x40000000  # numbers of x86-64's other calling convention begin here
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | errno.EACCES, 0x80000000
_PR_SET_NO_NEW_PRIVS, _SECCOMP_SET_MODE_FILTER, _TSYNC = 38, 1, 1

QUIET = {**SILENT, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
"""Environment that keeps libraries from trying the network at all."""
LOOPBACK = "127.0.0.1,localhost,::1"
PROXIES: dict[str, str] = {}
"""The user's own, as keep_quiet() found them in the environment: the set-up, a child of the page, has use for them."""


def keep_quiet() -> None:
    """Set QUIET, and drop what would open Gradio up, let pickles run, or lead through a proxy.

    Nothing here goes through one, and libraries end the program for one that they cannot use.
    """
    os.environ.update(QUIET)
    for name, value in list(os.environ.items()):
        if name.lower().endswith("_proxy") and value != LOOPBACK:
            PROXIES[name] = os.environ.pop(name)
    os.environ.update(NO_PROXY=LOOPBACK, no_proxy=LOOPBACK)  # else the system's are asked for, on macOS and Windows
    for name in [name for name in os.environ if name.startswith("GRADIO_") and name not in QUIET]:
        del os.environ[name]
    os.environ.pop("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", None)


def deny_network() -> bool:
    """Take every socket away from this process, for good; False where the system has no such filter.

    socketpair() and open pipes go on working. Local (AF_UNIX) sockets are refused too: a resolver behind one would
    carry names out.
    """
    if platform.system() != "Linux" or platform.machine() not in _SYSCALLS:
        return False
    architecture, seccomp, socket = _SYSCALLS[platform.machine()]
    program = [  # (operation, steps to skip if true, if false, constant)
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_EQUAL, 2, 0, socket),
        (_EQUAL, 1, 0, _IO_URING_SETUP),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return libc.syscall(seccomp, _SECCOMP_SET_MODE_FILTER, _TSYNC, header) == 0


def _is_loopback(host: object) -> bool:
    if host in (None, "", "localhost", b"localhost"):
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(text.split("%")[0]).is_loopback
    except ValueError:
        return False


def refuse_egress() -> None:
    """Let this process's Python code connect to, send to and look up nothing beyond loopback, for good."""

    def check(event: str, args: tuple) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            address = args[1]
            if isinstance(address, tuple) and not _is_loopback(address[0]):
                raise PermissionError(f"this program is offline: no connection to {address[0]}")
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr") and not _is_loopback(
            args[0]
        ):
            raise PermissionError(f"this program is offline: no look-up of {args[0]!r}")

    sys.addaudithook(check)
