"""Runs inside the virtual machine, under /init. `job`: what test/vm/support/job.ts wrote.

Answers on the second disk, a line of JSON for each thing done, so that a run that is cut short tells what it saw:
    {"up": SECONDS}                                    since the kernel began
    {"node": N, "files": {NAME: TEXT}, "rules": [HEX]} once made: what its own commands list; netlink's messages of the rules
    {"node": N, "flow": F, "sent": ANSWER, "seen": [HEX]}    of each last packet of a flow: netlink's trace messages
    {"node": N, "proxy": SECONDS}                            how long a real kube-proxy took to write its rules
    {"node": N, "failed": TEXT}
    {"done": SECONDS}
"""

import ctypes
import json
import os
import re
import socket
import struct
import subprocess
import time

LIBC = ctypes.CDLL(None, use_errno=True)
NETLINK_NETFILTER = 12
SOL_NETLINK = 270
NETLINK_ADD_MEMBERSHIP = 1
NFNLGRP_NFTRACE = 9
NFT_MSG_GETRULE = 10 << 8 | 7
IPCTNL_MSG_CT_DELETE = 1 << 8 | 2
NLM_F_REQUEST_ACK = 5
NLM_F_REQUEST_DUMP = 0x301
NLMSG_DONE = 3
SO_RCVBUFFORCE = 33

send = {"__name__": "send"}
exec(compile(job["send"], "send.py", "exec"), send)  # noqa: F821
proxy = {"__name__": "proxy"}
exec(compile(job["proxy"], "proxy.py", "exec"), proxy)  # noqa: F821
disk = open("/dev/vdb", "wb")


def tell(**line):
    disk.write(json.dumps(line).encode() + b"\n")


def flush():
    disk.flush()
    os.fsync(disk.fileno())


def uptime():
    return float(open("/proc/uptime").read().split()[0])


def enter(name):
    with open("/run/netns/" + name) as space:
        if LIBC.setns(space.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), "setns " + name)


def run(argv, text="", may_fail=False):
    done = subprocess.run(argv, input=text, capture_output=True, text=True)
    if done.returncode != 0 and not may_fail:
        raise RuntimeError(" ".join(argv) + ": " + done.stderr)
    return done


def restore(argv, text):
    """Rules that the kernel refuses are left out."""
    for _ in range(40):
        done = run(argv, text, may_fail=True)
        refused = {int(number) for number in re.findall(r"line:? (\d+)", done.stderr)}
        if done.returncode == 0:
            return
        if not refused:
            break
        lines = text.split("\n")
        text = "\n".join(line for index, line in enumerate(lines) if index + 1 not in refused)
    raise RuntimeError(" ".join(argv) + ": " + done.stderr + text)


def set_sysctls(settings):
    for setting in settings:
        name, value = setting.split("=")
        with open("/proc/sys/" + name.replace(".", "/"), "w") as file:
            file.write(value)


def read_sysctls(wanted):
    lines = []
    for folder, _, files in os.walk("/proc/sys/net"):
        for file in files:
            path = os.path.join(folder, file)
            name = path[len("/proc/sys/"):].replace("/", ".")
            # A secret that was never set cannot be read.
            if re.match(wanted, name) and not name.endswith("stable_secret"):
                with open(path) as content:
                    lines.append(name + " = " + content.read().strip() + "\n")
    return "".join(lines)


def make(number, node):
    run(["ip", "-batch", "-"], "".join("netns add %s\n" % name for name in node["spaces"]))
    for step in node["steps"]:
        enter(step["in"])
        if "sysctls" in step:
            set_sysctls(step["sysctls"])
        elif "objects" in step:
            tell(node=number, proxy=proxy["write_rules"](step, job["proxySize"], run))  # noqa: F821
        elif step.get("lenient"):
            restore(step["run"], step.get("input", ""))
        else:
            run(step["run"], step.get("input", ""))


def listed(node):
    enter(node["spaces"][0])
    files = {name: "".join(run(argv, may_fail=True).stdout for argv in commands) for name, commands in job["listings"]}  # noqa: F821
    files["sysctl.txt"] = read_sysctls(job["sysctls"])  # noqa: F821
    return files


def open_netlink():
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    link.bind((0, 0))
    link.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20)
    return link


def rules():
    """Of both families' tables, in their order."""
    messages = []
    for family in (2, 10, 1):
        with open_netlink() as link:
            link.send(struct.pack("=IHHIIBBH", 20, NFT_MSG_GETRULE, NLM_F_REQUEST_DUMP, 1, 0, family, 0, 0))
            done = False
            while not done:
                answer = link.recv(1 << 20)
                messages.append(answer.hex())
                at = 0
                while at < len(answer):
                    length, kind = struct.unpack_from("=IH", answer, at)
                    done = done or kind in (NLMSG_DONE, 2)
                    at += (length + 3) & ~3
    return messages


def forget():
    """All connections of conntrack; IPVS keeps its own."""
    with open_netlink() as link:
        link.send(struct.pack("=IHHIIBBH", 20, IPCTNL_MSG_CT_DELETE, NLM_F_REQUEST_ACK, 1, 0, 0, 0, 0))
        link.recv(1 << 16)


def drain(link):
    """All that comes until nothing does: on one processor the kernel is done when it lets this program run twice."""
    seen, quiet = [], 0
    while quiet < 2:
        try:
            seen.append(link.recv(1 << 16).hex())
            quiet = 0
        except BlockingIOError:
            quiet += 1
            time.sleep(0.001)
    return seen


def record(number, node):
    make(number, node)
    tell(node=number, files=listed(node), rules=rules())
    flush()
    link = open_netlink()
    link.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, NFNLGRP_NFTRACE)
    link.setblocking(False)
    for flow, packets in enumerate(node["flows"]):
        if number > 0 and uptime() > job["seconds"]:  # noqa: F821
            break
        enter(node["spaces"][0])
        forget()
        drain(link)
        for space, line in packets:
            enter(space)
            sent = send["answer"](line)
            seen = drain(link)
        tell(node=number, flow=flow, sent=sent, seen=seen)
        if flow % 10 == 9:
            flush()
    link.close()


tell(up=uptime())
for number, node in enumerate(job["nodes"]):  # noqa: F821
    if number > 0 and uptime() > job["seconds"]:  # noqa: F821
        break
    try:
        record(number, node)
    except (OSError, RuntimeError) as error:
        tell(node=number, failed=str(error))
    flush()
tell(done=uptime())
flush()
