"""Run a command where there is no network but loopback: python -m tools.isolated COMMAND…

Uses a Linux network namespace; where the system gives none, the command runs as it is, and that is said.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def enter() -> bool:
    """Leave the network; False where that is not possible."""
    if sys.platform != "linux":
        return False
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if user == 0:
        if libc.unshare(CLONE_NEWNET) != 0:
            return False
    elif libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    else:
        _keep_identity(user, group)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))
    return True


def _keep_identity(user: int, group: int) -> None:
    for name, content in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(content)


def main() -> None:
    print(
        "no network but loopback" if enter() else "this system cannot take the network away; running with it",
        flush=True,
    )
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
