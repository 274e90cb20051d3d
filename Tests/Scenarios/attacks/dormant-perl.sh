#!/bin/sh
# The same flag, set by Perl.
# row: evasion 10, evasion 1
# needs: netns perl
# firewall: host.nft
# expect: WW004 by perl
perl -e '
sub msg { my ($t, $s, $f, $id, $b) = @_; pack("LSSLL", 20 + length $b, $t, 1, $s, 0) . pack("CCn", $f, 0, $id) . $b }
socket(my $s, 16, 3, 12) or die "socket: $!";
my $table = pack("SSa8", 9, 1, "host") . pack("SSN", 8, 2, 1);
my $data = msg(0x10, 0, 0, 10, "") . msg(10 << 8 | 0, 1, 1, 0, $table) . msg(0x11, 2, 0, 10, "");
send($s, $data, 0, pack("SSLL", 16, 0, 0, 0)) or die "send: $!";'
