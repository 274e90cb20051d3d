#!/bin/sh
# A package is upgraded: dpkg replaces the unit's file and the defaults, the service is reloaded.
# row: nftables.service start/reload, dpkg
# firewall: host.nft
# config: files overlay
# expect: no alert
. "$LAB/lib.sh"
mkdir -p /etc/nftables.d
in_unit apt-daily-upgrade.service sh -c 'cp /etc/nftables.conf /etc/nftables.conf.dpkg-new && mv /etc/nftables.conf.dpkg-new /etc/nftables.conf'
echo '# changed by the maintainer' >> /etc/nftables.conf
in_unit nftables.service nft -f /etc/nftables.conf
