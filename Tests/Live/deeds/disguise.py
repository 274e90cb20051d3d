#!/usr/bin/python3
"""Writes another name, and other arguments, over its own, and then makes a table.

    disguise.py NAME TABLE
"""
import ctypes
import sys

from raw_netlink import Batch, send

PR_SET_NAME = 15


def rename(name):
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def rewrite_arguments(text):
    with open("/proc/self/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end, the 48th and 49th field
    with open("/proc/self/mem", "r+b", buffering=0) as memory:
        memory.seek(start)
        memory.write(text.encode().ljust(end - start, b"\0"))


name, table = sys.argv[1:]
rename(name)
rewrite_arguments(name)
sys.exit(send(Batch("inet").add_table(table).bytes()))
