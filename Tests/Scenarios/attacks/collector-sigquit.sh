#!/bin/sh
# A signal that would end the collector.
# row: evasion 20
# firewall: host.nft
# expect: WW011 by python3.11
/usr/bin/python3 -c 'import os, signal; os.kill(int(os.environ["COLLECTOR"]), signal.SIGQUIT)'
