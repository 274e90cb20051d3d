# Rules of a bridge, by ebtables-nft.
ebtables-nft -A FORWARD -p IPv4 --ip-protocol 6 --ip-destination-port 23 -j DROP
ebtables-nft -A FORWARD -p ARP -j DROP
ebtables-nft -A FORWARD -s 02:00:00:00:00:01 -j DROP
ebtables-nft -A INPUT -s 02:00:00:00:00:02 -j DROP
ebtables-nft -A OUTPUT -d 02:00:00:00:00:02 -j DROP
