#!/usr/bin/python3
"""Makes a table of any name with a chain, fills a set of any name, and takes all of it away; what else is in argv is for show.

    hostile.py HEX ANYTHING…    HEX: the bytes of the names
"""
import sys

from raw_netlink import NLM_F_ACK, NLM_F_CREATE, Batch, attribute, send

NEWSET, DELSET = 9, 11
NFTA_SET_TABLE, NFTA_SET_NAME, NFTA_SET_KEY_TYPE, NFTA_SET_KEY_LEN, NFTA_SET_ID = 1, 2, 4, 5, 10


def name(bytes):
    return bytes + b"\0"


def main():
    odd = bytes.fromhex(sys.argv[1])
    batch = Batch("inet")
    batch.add(0, attribute(1, name(odd)), flags=NLM_F_ACK | NLM_F_CREATE)
    batch.add(3, attribute(1, name(odd)), attribute(3, name(odd)), flags=NLM_F_ACK | NLM_F_CREATE)
    key = [attribute(NFTA_SET_KEY_TYPE, 7), attribute(NFTA_SET_KEY_LEN, 4), attribute(NFTA_SET_ID, 1)]
    unnumbered = odd.replace(b"%", b"_")  # the kernel would put a number there
    batch.add(NEWSET, attribute(NFTA_SET_TABLE, name(odd)), attribute(NFTA_SET_NAME, name(unnumbered)), *key, flags=NLM_F_ACK | NLM_F_CREATE)
    code = send(batch.bytes())
    # (NFTA_TABLE_NAME is 1: the table goes with all that is in it.)
    return code or send(Batch("inet").add(2, attribute(1, name(odd))).bytes())


sys.exit(main())
