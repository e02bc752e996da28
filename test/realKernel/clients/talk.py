"""Servers and clients in many network namespaces, in one process. Reads a JSON object a line, writes one for each.

    {"serve": [{"space", "address", "port", "protocol"}]}          answers {"ready": n}; a server tells "ADDRESS PORT PEER"
    {"ask": [{"space", "source", "address", "port", "protocol", "times"}], "patience": s}
                                     answers {"answers": [[…]]}: "OK ADDRESS PORT PEER", an error's name, or "TIMEOUT"
"""

import ctypes
import errno
import json
import os
import selectors
import socket
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
AT_ONCE = 400
handles = {}


def enter(space):
    if space not in handles:
        handles[space] = os.open(f"/run/netns/{space}", os.O_RDONLY)
    if libc.setns(handles[space], CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), f"setns {space}")


def made(space, address, protocol):
    enter(space)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    one = socket.socket(family, kind)
    one.setblocking(False)
    return one


class Server:
    def __init__(self, loop, space, address, port, protocol):
        self.name = f"{address} {port}"
        self.stream = protocol == "tcp"
        self.socket = made(space, address, protocol)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.socket.bind((address, port))
        except OSError as error:
            raise OSError(error.errno, f"{address} in {space}") from error
        if self.stream:
            self.socket.listen(256)
        loop.register(self.socket, selectors.EVENT_READ, self)

    def handle(self, loop, _):
        if self.stream:
            connection, peer = self.socket.accept()
            with connection:
                connection.sendall(f"{self.name} {peer[0]}".encode())
        else:
            _, peer = self.socket.recvfrom(64)
            self.socket.sendto(f"{self.name} {peer[0]}".encode(), peer)


class Client:
    def __init__(self, loop, flow, answers, patience):
        self.answers = answers
        self.patience = patience
        self.done = False
        self.socket = made(flow["space"], flow["address"], flow["protocol"])
        try:
            if flow["source"] is not None:
                self.socket.bind((flow["source"], 0))
            code = self.socket.connect_ex((flow["address"], flow["port"]))
            if code not in (0, errno.EINPROGRESS):
                raise OSError(code, "connect")
            if flow["protocol"] == "udp":
                self.socket.send(b"who")
        except OSError as error:
            self.end(None, errno.errorcode.get(error.errno, str(error.errno)))
            return
        self.deadline = time.monotonic() + patience
        loop.register(self.socket, selectors.EVENT_READ, self)

    def handle(self, loop, _):
        try:
            text = self.socket.recv(256).decode()
        except BlockingIOError:
            return
        except OSError as error:
            self.end(loop, errno.errorcode.get(error.errno, str(error.errno)))
            return
        self.end(loop, f"OK {text}" if text else "CLOSED")

    def end(self, loop, answer):
        self.done = True
        self.answers.append(answer)
        if loop is not None:
            loop.unregister(self.socket)
        self.socket.close()


def turn(loop, wait):
    for key, mask in loop.select(wait):
        try:
            key.data.handle(loop, mask)
        except OSError:
            pass


def ask(loop, flows, patience):
    answers = [[] for _ in flows]
    waiting = [(flow, answers[index]) for index, flow in enumerate(flows) for _ in range(flow["times"])]
    waiting.reverse()
    open_ones = []
    while waiting or open_ones:
        while waiting and len(open_ones) < AT_ONCE:
            flow, into = waiting.pop()
            client = Client(loop, flow, into, patience)
            if not client.done:
                open_ones.append(client)
        turn(loop, 0.02)
        now = time.monotonic()
        for client in open_ones:
            if not client.done and client.deadline < now:
                client.end(loop, "TIMEOUT")
        open_ones = [client for client in open_ones if not client.done]
    return answers


def main():
    loop = selectors.DefaultSelector()
    for line in sys.stdin:
        order = json.loads(line)
        if "serve" in order:
            ready = [Server(loop, **server) for server in order["serve"]]
            print(json.dumps({"ready": len(ready)}), flush=True)
        else:
            print(json.dumps({"answers": ask(loop, order["ask"], order["patience"])}), flush=True)


main()
