#!/bin/sh
# The file is emptied through a hard link in another folder.
# row: evasion 25
# config: files
# expect: WW010 by dash
ln /etc/nftables.conf /etc/other.conf; : > /etc/other.conf
