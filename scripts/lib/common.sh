# shellcheck shell=sh disable=SC2034,SC2154
# Shared by the scripts here; sourced, POSIX sh. Everything for people goes to stderr, stdout belongs to the program.

say() { printf '%s: %s\n' "${script:-wallwatch}" "$*" >&2; }

# fail SENTENCE [STATUS]: says it and ends, by default with EX_UNAVAILABLE.
fail() {
    say "$1"
    exit "${2:-69}"
}

have() { command -v "$1" >/dev/null 2>&1; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | cut -c1-2)" = ii ]; }

# need_packages NAME…: installs those Debian packages that are missing.
need_packages() {
    have dpkg-query || fail "this installs what is missing from Debian packages, and dpkg is not here: install by hand: $*"
    missing=
    for wanted in "$@"; do
        is_installed "$wanted" || missing="$missing $wanted"
    done
    [ -n "$missing" ] || return 0
    [ "$(id -u)" = 0 ] || fail "these Debian packages are missing, and installing them needs root (try sudo):$missing" 77
    say "installing$missing"
    # shellcheck disable=SC2086 # a list of names
    {
        apt-get -q update || say "apt-get update failed: trying with the lists there are"
        DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends $missing
    } >&2 || fail "apt-get could not install:$missing"
}

need_root() { [ "$(id -u)" = 0 ] || fail "$1 needs root: run it with sudo" 77; }

# need_swift: sudo and cron drop what a login shell put in PATH, so the usual places are looked at too.
need_swift() {
    for folder in "${SWIFT_HOME:-/opt/swift}/usr/bin" /usr/local/swift/usr/bin "${HOME:-/root}/.local/share/swiftly/bin" \
        "$(getent passwd "${SUDO_USER:-root}" | cut -d: -f6)/.local/share/swiftly/bin"; do
        have swift && return 0
        [ -x "$folder/swift" ] && PATH=$folder:$PATH && export PATH
    done
    have swift || fail "no swift in PATH nor in /opt/swift: install the Swift 6.3 toolchain (https://www.swift.org/install/linux/), or set SWIFT_HOME"
}

build_packages="libbpf-dev libelf-dev zlib1g-dev pkg-config"

# build_release: the daemon as it is shipped, with the Swift runtime in it; leaves its path in $binary.
build_release() {
    say "building the release (the first time takes minutes)"
    swift build --package-path "$root" -c release --static-swift-stdlib --product wallwatch >&2 || {
        say "swift build failed: its messages are above"
        return 70
    }
    binary=$(swift build --package-path "$root" -c release --static-swift-stdlib --show-bin-path 2>/dev/null)/wallwatch
}

# build_model: what the oracle asks, built as the daemon is; leaves its path in $model.
build_model() {
    swift build --package-path "$root" -c release --static-swift-stdlib --product ruleset-model >&2 || {
        say "swift build failed: its messages are above"
        return 70
    }
    model=$(swift build --package-path "$root" -c release --static-swift-stdlib --show-bin-path 2>/dev/null)/ruleset-model
}
