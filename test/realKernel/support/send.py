"""Sends raw packets in the network namespace it is started in: Node has no raw sockets.

One request a line on stdin, one answer a line on stdout ("ok", or the error's name):
    frame INTERFACE HEX              a whole Ethernet frame, as from a neighbour
    packet SOURCE|- DESTINATION MARK HEX    a whole IP packet, as made by a process of the node
"""

import errno
import socket
import sys


def send_frame(interface, data):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as link:
        link.bind((interface, 0))
        link.send(data)


def send_packet(source, destination, mark, data):
    family = socket.AF_INET6 if ":" in destination else socket.AF_INET
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        if family == socket.AF_INET:
            raw.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if mark != 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
        if source != "-":
            raw.bind((source, 0))
        raw.sendto(data, (destination, 0))


for line in sys.stdin:
    words = line.split()
    try:
        if words[0] == "frame":
            send_frame(words[1], bytes.fromhex(words[2]))
        else:
            send_packet(words[1], words[2], int(words[3]), bytes.fromhex(words[4]))
        answer = "ok"
    except OSError as error:
        answer = errno.errorcode.get(error.errno, str(error))
    print(answer, flush=True)
