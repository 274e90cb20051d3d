"""Cuts a ruleset down to the least that still fails."""
import copy


def shrink(ruleset, fails, limit=400):
    """Tries to leave out tables, chains, sets, rules, then parts of them; each step that still fails is kept."""
    tries, shrunk = 0, True
    while shrunk:
        shrunk = False
        # From the end, so that what is still to be tried keeps its place.
        for path in reversed(sorted(paths(ruleset), key=lambda path: (-len(path), path))):
            if tries >= limit:
                return ruleset
            smaller = copy.deepcopy(ruleset)
            if not cut(smaller, path):
                continue
            tries += 1
            if fails(smaller):
                ruleset, shrunk = smaller, True
    return ruleset


def paths(node, path=()):
    """Where something may be left out: each item of each list, whatever it is a list of."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from paths(value, (*path, key))
    elif isinstance(node, list) and path[-2:-1] != ("elements",) and path[-2:-1] != ("vmap",):
        for index, value in enumerate(node):
            yield (*path, index)
            yield from paths(value, (*path, index))


def cut(node, path):
    for step in path[:-1]:
        try:
            node = node[step]
        except (IndexError, KeyError, TypeError):
            return False
    if not isinstance(node, list) or path[-1] >= len(node):
        return False
    del node[path[-1]]
    return True
