"""Sends raw packets in the network namespace it is started in: Node has no raw sockets.

One request a line on stdin, one answer a line on stdout ("ok", or the error's name):
    frame INTERFACE HEX              a whole Ethernet frame, as from a neighbour
    packet SOURCE|- DESTINATION MARK UID GID HEX    a whole IP packet, as made by a process of the node

The kernel routes such a packet by what the socket says, not by its header: TOS, protocol and user are told to it. Ports
it takes for 0.
"""

import ctypes
import errno
import socket
import struct
import sys

IP_PROTOCOL = 52
LIBC = ctypes.CDLL(None)


def socket_of(family, uid, gid):
    """Files and sockets belong to the user of the file system, which alone may be another than root."""
    LIBC.setfsgid(gid)
    LIBC.setfsuid(uid)
    try:
        return socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
    finally:
        LIBC.setfsuid(0)
        LIBC.setfsgid(0)


def send_frame(interface, data):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind((interface, 0))
        link.send(data)


def send_packet(source, destination, mark, uid, gid, data):
    family = socket.AF_INET6 if ":" in destination else socket.AF_INET
    with socket_of(family, uid, gid) as raw:
        if family == socket.AF_INET:
            raw.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            raw.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, data[1])
        else:
            raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, ((data[0] & 15) << 4) | (data[1] >> 4))
        if mark != 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
        if source != "-":
            raw.bind((source, 0))
        if family == socket.AF_INET:
            protocol = (socket.IPPROTO_IP, IP_PROTOCOL, struct.pack("i", data[9]))
            raw.sendmsg([data], [protocol], 0, (destination, 0))
        else:
            raw.sendto(data, (destination, data[6]))


def answer(line):
    words = line.split()
    try:
        if words[0] == "frame":
            send_frame(words[1], bytes.fromhex(words[2]))
        else:
            send_packet(words[1], words[2], *map(int, words[3:6]), bytes.fromhex(words[6]))
        return "ok"
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))


if __name__ == "__main__":
    for request in sys.stdin:
        print(answer(request), flush=True)
