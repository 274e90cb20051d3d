"""A busy host's day at speed. (To come.)"""


def run(options):
    raise SystemExit("not yet")
