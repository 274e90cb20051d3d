# shellcheck shell=bash disable=SC2012,SC2034,SC2154
# Sourced by scripts/vm: a Debian kernel package, fetched and unpacked into the cache, never installed.

# kernel_package PATTERN: the package a meta package such as linux-image-cloud-amd64 depends on, or the name itself.
kernel_package() {
    local target
    target=$(apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n 's/^Depends: \(linux-image-[^ ,]*\).*/\1/p' | head -n 1)
    echo "${target:-$1}"
}

# fetch_kernel META: leaves the unpacked package in the cache and prints its folder.
fetch_kernel() {
    local package folder work
    package=$(kernel_package "$1")
    if ! apt-cache show "$package" >/dev/null 2>&1; then
        apt-get -q update >&2 || true
        package=$(kernel_package "$1")
    fi
    folder=$cache/kernels/$package
    if [ ! -e "$folder/.complete" ]; then
        say "fetching $package"
        work=$(mktemp -d "$cache/fetch.XXXXXX")
        # _apt may not write here, which apt-get warns about and then does without.
        (cd "$work" && apt-get -q download "$package" >&2) || fail "apt-get could not download $package"
        mkdir -p "$folder"
        dpkg -x "$work"/linux-image-*.deb "$folder"
        rm -rf "$work"
        touch "$folder/.complete"
    fi
    echo "$folder"
}

kernel_image() { ls "$1"/boot/vmlinuz-* | head -n 1; }
kernel_release() { ls "$1/lib/modules" | head -n 1; }

# The folders whose modules the guest may load; what these depend on comes along.
module_folders="net/netfilter net/ipv4/netfilter net/ipv6/netfilter net/bridge/netfilter drivers/net/veth.ko drivers/net/dummy.ko arch/x86/crypto/crc32c-intel.ko"

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
    cp "$modules"/modules.builtin "$modules"/modules.builtin.modinfo "$modules"/modules.order "$2/lib/modules/$release/"
    /sbin/depmod -b "$2" "$release"
}
