#!/usr/bin/python3
"""Runs a command as root from a process that was born as nobody and starts no set-uid program: what an exploit looks like.

    rise.py COMMAND ARGUMENT…
"""
import ctypes
import os
import sys

PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP = 28, 1 << 2
NOBODY, ROOT = [65534] * 3, [0] * 3

if ctypes.CDLL(None).prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0):
    sys.exit("prctl: refused")
os.setresuid(*NOBODY)  # its capabilities stay
child = os.fork()
if child == 0:
    os.setresuid(*ROOT)
    os.execvp(sys.argv[1], sys.argv[1:])
print(child, flush=True)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
