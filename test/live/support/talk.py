"""A server that tells who asked, and a client that asks it, for the network namespaces of Pods.

    serve NAME PORT                 TCP and UDP, IPv4 and IPv6; answers "NAME PEER-ADDRESS"; prints "ready" first
    ask tcp|udp ADDRESS PORT TIMES  one line for each time: what was answered, or the error's name
"""

import errno
import selectors
import socket
import sys

# The kernel tells a refusal over IPv6 with the second SYN, a second later.
PATIENCE = 1.6


def peer_of(address):
    return address[0].removeprefix("::ffff:")


def bound(kind, port):
    server = socket.socket(socket.AF_INET6, kind)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("::", port))
    return server


def serve(name, port):
    listener = bound(socket.SOCK_STREAM, port)
    listener.listen(64)
    datagrams = bound(socket.SOCK_DGRAM, port)
    ready = selectors.DefaultSelector()
    ready.register(listener, selectors.EVENT_READ)
    ready.register(datagrams, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in ready.select():
            if key.fileobj is listener:
                connection, address = listener.accept()
                with connection:
                    connection.sendall(f"{name} {peer_of(address)}".encode())
            else:
                _, address = datagrams.recvfrom(64)
                datagrams.sendto(f"{name} {peer_of(address)}".encode(), address)


def ask(kind, address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.connect((address, port))
        if kind == "udp":
            client.send(b"who")
        return client.recv(256).decode()


def main(command, *words):
    if command == "serve":
        serve(words[0], int(words[1]))
    kind, address, port, times = words
    for _ in range(int(times)):
        try:
            print(ask(kind, address, int(port)))
        except TimeoutError:
            print("ETIMEDOUT")
        except OSError as error:
            print(errno.errorcode.get(error.errno, str(error)))


main(*sys.argv[1:])
