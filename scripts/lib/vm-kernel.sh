# shellcheck shell=bash disable=SC2012,SC2034,SC2154
# Sourced by scripts/vm and scripts/kernel-matrix: a kernel package of any Debian suite, fetched by an apt that has its
# own sources, lists and cache under $cache/apt, and unpacked there, never installed. The machine's apt is only asked
# for its proxy.

# Suite by kernel version; sid has whatever is newest.
matrix_versions="5.10 6.1 6.12 sid"
suite_of() {
    case $1 in
    5.10) echo bullseye ;;
    6.1) echo bookworm ;;
    6.12) echo trixie ;;
    sid | newest) echo sid ;;
    *) return 1 ;;
    esac
}

# own_suite: Debian's name of this machine's release, or bookworm where it is no Debian.
own_suite() { (. /etc/os-release && [ "$ID" = debian ] && echo "${VERSION_CODENAME:-sid}") 2>/dev/null || echo bookworm; }

# Debian 12's keyring signs for bullseye to sid. apt refuses a suite whose key is not in it, and so do we.
keyring=${WALLWATCH_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
mirror=${WALLWATCH_MIRROR:-http://deb.debian.org}

# sources SUITE: the suite and, where there is one, its security suite, which outlives it.
sources() {
    echo "deb [arch=amd64 signed-by=$keyring] $mirror/debian $1 main"
    [ "$1" = sid ] || echo "deb [arch=amd64 signed-by=$keyring] $mirror/debian-security $1-security main"
}

# private_apt SUITE: makes the suite's apt, whose configuration is then in $APT_CONFIG for the caller to export.
private_apt() {
    local place=$cache/apt/$1
    mkdir -p "$place"/{lists/partial,archives/partial,etc/empty}
    sources "$1" >"$place/etc/sources.list"
    : >"$place/status"
    {
        # First of all files read: the machine's apt.conf and its hooks are out of the way from here on.
        echo "Dir::Etc::main \"/dev/null\"; Dir::Etc::parts \"$place/etc/empty\";"
        echo "Dir::Etc::sourcelist \"$place/etc/sources.list\"; Dir::Etc::sourceparts \"$place/etc/empty\";"
        echo "Dir::Etc::preferences \"/dev/null\"; Dir::Etc::preferencesparts \"$place/etc/empty\";"
        echo "Dir::State \"$place\"; Dir::State::lists \"$place/lists\"; Dir::State::status \"$place/status\";"
        echo "Dir::State::extended_states \"$place/extended_states\"; Dir::Cache \"$place\"; Dir::Cache::archives \"$place/archives\";"
        echo 'APT::Architecture "amd64"; APT::Architectures { "amd64"; }; APT::Sandbox::User "root";'
        echo 'Acquire::Languages "none"; Acquire::Retries "2"; Acquire::http::Timeout "30";'
        echo 'Acquire::GzipIndexes "true"; Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";'
        # A mirror that is some weeks behind still has a kernel; whose it is, its signature says.
        echo 'Acquire::Check-Valid-Until "false";'
        apt-config dump | grep -E '^Acquire::https?::Proxy' || true
    } >"$place/apt.conf"
    echo "$place/apt.conf"
}

depends_of() { apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n 's/^Depends: //p' | head -n 1 | tr -s ',|' '\n' | awk '{print $1}'; }

# kernel_package NAME: the package a meta package such as linux-image-cloud-amd64 depends on, or the name itself.
kernel_package() {
    local target
    target=$(depends_of "$1" | grep -m 1 '^linux-image-[0-9]' || true)
    echo "${target:-$1}"
}

# kernel_parts PACKAGE: the package and, where a kernel is cut into several (since 6.19 or so, in sid), the others of it.
kernel_parts() {
    echo "$1"
    depends_of "$1" | grep -E '^linux-(base|binary|modules)-[0-9]' || true
}

# unpack_kernel FOLDER INTO: the .deb files in FOLDER; the modules are then to be found under lib, wherever they were.
unpack_kernel() {
    local part
    rm -rf "$2" && mkdir -p "$2"
    for part in "$1"/*.deb; do dpkg -x "$part" "$2" || return; done
    [ -e "$2/lib" ] || ln -s usr/lib "$2/lib"
    [ -n "$(kernel_image "$2")" ] && [ -n "$(kernel_release "$2")" ]
}

# fetch_kernel SUITE META: leaves the unpacked package in the cache and prints its folder. Without the network, what was
# fetched before serves.
fetch_kernel() (
    suite=$1 last=$cache/kernels/$1-$2
    APT_CONFIG=$(private_apt "$suite")
    export APT_CONFIG
    stamp=$cache/apt/$suite/updated
    if [ ! -e "$stamp" ] || [ -n "$(find "$stamp" -mmin +1440)" ]; then
        say "asking for $suite's packages"
        # A suite without its security suite's lists is no failure; one whose signature is not known is.
        if apt-get -qq -o APT::Update::Error-Mode=any update >&2; then touch "$stamp"; else say "apt-get update for $suite failed"; fi
    fi
    package=$(kernel_package "$2")
    folder=$cache/kernels/$package
    if [ ! -e "$folder/.complete" ]; then
        say "fetching $package of $suite"
        work=$(mktemp -d "$cache/fetch.XXXXXX")
        trap 'rm -rf "$work"' EXIT
        # shellcheck disable=SC2046 # package names
        if (cd "$work" && apt-get -qq download $(kernel_parts "$package") >&2) && unpack_kernel "$work" "$folder"; then
            touch "$folder/.complete"
        elif [ -e "$last/.complete" ]; then
            say "could not fetch $package of $suite: taking $(basename "$(readlink "$last")"), fetched before"
            folder=$(realpath "$last")
        else
            say "could not fetch $package of $suite"
            return 69
        fi
    fi
    ln -sfn "$(basename "$folder")" "$last"
    echo "$folder"
)

kernel_image() { find "$1"/boot "$1"/lib/modules/ -maxdepth 2 -name 'vmlinuz*' 2>/dev/null | head -n 1; }
kernel_release() { ls "$1/lib/modules" | head -n 1; }

# The folders whose modules the guest may load; what these depend on comes along.
module_folders="net/netfilter net/ipv4/netfilter net/ipv6/netfilter net/bridge drivers/net/veth.ko drivers/net/dummy.ko arch/x86/crypto/crc32c-intel.ko"

# copy_modules KERNEL_FOLDER ROOT
copy_modules() {
    local release modules folder
    release=$(kernel_release "$1")
    modules=$1/lib/modules/$release
    [ -e "$modules/modules.dep" ] || /sbin/depmod -b "$1" "$release"
    for folder in $module_folders; do
        grep "^kernel/$folder" "$modules/modules.dep" || true
    done | tr -d : | tr ' ' '\n' | sort -u | while read -r module; do
        [ -z "$module" ] || (cd "$1" && cp --parents "lib/modules/$release/$module" "$2/")
    done
    # Newer kernels ship .ko.xz, which costs time in the guest.
    find "$2/lib/modules" -name '*.ko.xz' -exec xz -d {} +
    cp "$modules"/modules.{builtin,builtin.modinfo,order} "$2/lib/modules/$release/"
    /sbin/depmod -b "$2" "$release"
}
