#!/bin/sh
# Perl writes the netlink messages.
# row: evasion 1
# needs: netns perl
# firewall: host.nft
# expect: WW002 by perl
perl -e '
sub msg { my ($t, $s, $b) = @_; pack("LSSLL", 16 + length $b, $t, 1, $s, 0) . $b }
socket(my $s, 16, 3, 12) or die "socket: $!";
my $data = msg(0x10, 0, pack("CCn", 0, 0, 10)) . msg(10 << 8 | 2, 1, pack("CCn", 0, 0, 0)) . msg(0x11, 2, pack("CCn", 0, 0, 10));
send($s, $data, 0, pack("SSLL", 16, 0, 0, 0)) or die "send: $!";'
