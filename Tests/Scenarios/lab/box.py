"""The container with a real systemd: booted once for all scenarios that need it, and put back between them."""
import os
import time

from harness.outcome import Failed, Skipped
from harness.systemd import Container

from .scenario import HERE

RESET = """
rm -f /run/systemd/system/fail2ban.service
systemctl daemon-reload
systemctl unmask firewalld nftables ufw fail2ban
systemctl stop firewalld fail2ban nftables ufw
systemctl reset-failed
ufw --force disable
rm -f /etc/firewalld/zones/*.xml*
sed -i 's/^DefaultZone=.*/DefaultZone=public/' /etc/firewalld/firewalld.conf
nft flush ruleset
ipset destroy
"""


def booted():
    """The container, or why there is none."""
    try:
        box = Container()
        box.run(["sh", "-c", "test -e /etc/wwlab || cp -a /etc/ufw /etc/wwlab"])
        return box
    except (Failed, Skipped) as hindrance:
        return str(hindrance)


RULESET = os.path.join(HERE, "firewalls", "host.nft")


def until(box, what, *argv, wanted=lambda done: not done.returncode, seconds=60):
    deadline = time.monotonic() + seconds
    while not wanted(done := box.run(list(argv), code=None)):
        if time.monotonic() > deadline:
            raise Failed(f"{what} never came: {done.stdout[-200:]} {done.stderr[-200:]}")
        time.sleep(0.1)


def firewalld(box):
    until(box, "firewalld's start", "sh", "-c", "systemctl reset-failed firewalld; systemctl start firewalld")  # its name on the bus may be taken yet
    until(box, "firewalld", "firewall-cmd", "--state")
    until(box, "firewalld's rules", "nft", "list", "ruleset", wanted=lambda done: "filter_INPUT" in done.stdout)


def ufw(box):
    box.run("cp -a /etc/wwlab/. /etc/ufw/")
    box.run("ufw --force enable")
    box.run("ufw allow 22/tcp")
    box.run("ufw deny 23/tcp")
    until(box, "ufw.service", "sh", "-c", "systemctl start ufw && systemctl is-active ufw")


def nftables(box):
    with open(f"/proc/{box.leader}/root/etc/nftables.conf", "w", encoding="utf-8") as file, open(RULESET, encoding="utf-8") as rules:
        file.write("#!/usr/sbin/nft -f\nflush ruleset\n" + rules.read())
    box.run("systemctl start nftables")


def fail2ban(box):
    box.run("systemctl start fail2ban")
    until(box, "fail2ban's jail", "fail2ban-client", "status", "sshd")


BEGIN = {"firewalld": firewalld, "ufw": ufw, "nftables": nftables, "fail2ban": fail2ban}


def prepare(box, names):
    """The container as it was, and then the firewalls that a scenario begins with."""
    box.run(["sh", "-c", RESET], code=None)
    for name in names:
        BEGIN[name](box)
