#!/usr/bin/python3
"""Sends on a netlink socket that another process opened, or that was opened elsewhere; each empties inet TABLE.

    passed.py give PATH              opens a socket, gives it to the one who connects to the Unix socket at PATH, and ends
    passed.py take PATH TABLE        takes it, waits until the giver has ended, sends
    passed.py hold                   opens a socket, says "PID DESCRIPTOR", and waits until its input closes
    passed.py steal PID FD TABLE     takes it out of a process that still has it, by pidfd_getfd(2)
    passed.py exec PROGRAM TABLE     has it inherited by another program, as descriptor 3
    passed.py enter PATH TABLE       opens it here, goes to the network namespace at PATH, sends from there
    passed.py fork TABLE             opens it, and lets a child send; prints "sender PID"
    passed.py own TABLE              owns a user namespace with a network namespace in it, and changes that from without: makes
                                     TABLE, prints "netns INODE", deletes TABLE when told to
"""
import ctypes
import os
import socket
import sys

from raw_netlink import NETLINK_NETFILTER, Batch

SYS_pidfd_getfd, CLONE_NEWNET, CLONE_NEWUSER = 438, 0x40000000, 0x10000000
libc = ctypes.CDLL(None, use_errno=True)


def opened():
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)


def send(sock, table):
    sock.sendto(Batch("inet").flush_table(table).bytes(), (0, 0))


def give(path):
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path + ".new")
        door.listen()
        os.rename(path + ".new", path)
        visitor, sock = door.accept()[0], opened()
        socket.send_fds(visitor, [b"x"], [sock.fileno()])
        visitor.recv(1)
    # The end of this process is the end of the connection.


def take(path, table):
    door = socket.socket(socket.AF_UNIX)
    door.connect(path)
    _, descriptors, _, _ = socket.recv_fds(door, 1, 1)
    door.send(b"y")
    if door.recv(1):
        raise SystemExit("the giver spoke")
    send(socket.socket(fileno=descriptors[0]), table)


def hold():
    sock = opened()
    print(os.getpid(), sock.fileno(), flush=True)
    sys.stdin.read()


def steal(pid, descriptor, table):
    taken = libc.syscall(SYS_pidfd_getfd, os.pidfd_open(int(pid)), int(descriptor), 0)
    if taken < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    send(socket.socket(fileno=taken), table)


def replaced(program, table):
    sock = opened()
    os.dup2(sock.fileno(), 3) if sock.fileno() != 3 else sock.set_inheritable(True)
    os.execv(program, [program, "inherited", table])


def enter(path, table):
    sock = opened()
    if libc.setns(os.open(path, os.O_RDONLY), CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    send(sock, table)


def fork(table):
    sock = opened()
    child = os.fork()
    if not child:
        print("sender", os.getpid(), flush=True)
        send(sock, table)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def own(table):
    outer, inner = socket.socketpair()
    if not os.fork():
        if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
            os._exit(ctypes.get_errno())
        sock = opened()
        socket.send_fds(inner, [str(os.stat("/proc/self/ns/net").st_ino).encode()], [sock.fileno()])
        inner.recv(1)  # lives in there until all is done
        os._exit(0)
    inner.close()
    inode, descriptors, _, _ = socket.recv_fds(outer, 64, 1)
    if not descriptors:
        return os.waitstatus_to_exitcode(os.wait()[1])
    sock = socket.socket(fileno=descriptors[0])
    sock.sendto(Batch("inet").add_table(table).bytes(), (0, 0))
    print("netns", inode.decode(), flush=True)
    sys.stdin.readline()
    sock.sendto(Batch("inet").delete_table(table).bytes(), (0, 0))
    outer.send(b"x")
    return os.waitstatus_to_exitcode(os.wait()[1])


if __name__ == "__main__":
    deeds = {"own": own, "give": give, "take": take, "hold": hold, "steal": steal, "exec": replaced, "enter": enter, "fork": fork}
    sys.exit(deeds[sys.argv[1]](*sys.argv[2:]) or 0)
