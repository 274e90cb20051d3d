#!/bin/sh
# A list of blocked addresses is rolled by a cron job: the set is emptied and filled in one transaction, five times.
# row: rolling list update
# firewall: blocklist.nft
# expect: no alert
cat > /opt/roll.sh <<'SH'
#!/bin/sh
set -e
for n in 1 2 3 4 5; do
    printf 'flush set inet host bad\nadd element inet host bad { 192.0.%s.0/24, 198.51.%s.0/24, 203.0.113.%s }\n' $n $n $n > /run/list.$$
    nft -f /run/list.$$
    rm /run/list.$$
    sleep 0.3
done
SH
cp "$DEEDS/cronlike" /usr/local/sbin/list-roller
list-roller "sh /opt/roll.sh" > /dev/null
