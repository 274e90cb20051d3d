#!/bin/sh
# ufw's default policy becomes ACCEPT, by Perl.
# row: evasion 25
# needs: perl
# config: files
# expect: WW010 by perl
perl -i -pe 's/DROP/ACCEPT/' /etc/default/ufw
