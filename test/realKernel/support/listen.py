"""Opens sockets in the network namespace it is started in, and holds them until stdin ends.

One socket a line on stdin, `tcp|udp ADDRESS PORT [transparent]`; an empty line says that this is all, and "ok" is the answer. Nothing
that comes to them is ever answered: a filter throws it away before the protocol sees it.
"""

import ctypes
import socket
import struct
import sys

SO_ATTACH_FILTER = 26
IP_TRANSPARENT = 19
IPV6_TRANSPARENT = 75

nothing = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
program = struct.pack("HL", 1, ctypes.addressof(nothing))
held = []

for line in sys.stdin:
    words = line.split()
    if not words:
        print("ok", flush=True)
        continue
    family = socket.AF_INET6 if ":" in words[1] else socket.AF_INET
    kind = socket.SOCK_STREAM if words[0] == "tcp" else socket.SOCK_DGRAM
    own = socket.socket(family, kind)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    if "transparent" in words:
        if family == socket.AF_INET:
            own.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
        else:
            own.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
    own.bind((words[1], int(words[2])))
    if words[0] == "tcp":
        own.listen(1)
    held.append(own)
