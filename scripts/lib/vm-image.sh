# shellcheck shell=bash disable=SC2012,SC2034,SC2154
# Sourced by scripts/vm: the guest's file system, as two cpio archives that the kernel unpacks one over the other.
# The base (tools, Python, modules) changes with the machine's packages; the overlay (binary, tests, command) with each run.

guest_tools="/bin/bash /bin/sh /usr/bin/env /usr/bin/python3 /usr/bin/sudo /usr/bin/id /usr/bin/stat /usr/bin/unshare
    /usr/bin/setpriv /usr/bin/nsenter /usr/bin/true /usr/bin/kmod /sbin/modprobe /sbin/rmmod /sbin/insmod /sbin/lsmod /usr/sbin/nft
    /usr/sbin/iptables /usr/sbin/iptables-save /usr/sbin/iptables-restore /usr/sbin/ip6tables /usr/sbin/ip6tables-save
    /usr/sbin/ip6tables-restore /usr/sbin/iptables-nft /usr/sbin/iptables-nft-save /usr/sbin/iptables-nft-restore
    /usr/sbin/ip6tables-nft /usr/sbin/ip6tables-nft-save /usr/sbin/ip6tables-nft-restore /usr/sbin/iptables-legacy
    /usr/sbin/iptables-legacy-save /usr/sbin/iptables-legacy-restore /usr/sbin/ip6tables-legacy
    /usr/sbin/ip6tables-legacy-save /usr/sbin/ip6tables-legacy-restore /usr/sbin/ipset /usr/sbin/ip /bin/ip
    /usr/sbin/arptables-legacy /usr/sbin/arptables-legacy-save /usr/sbin/arptables-legacy-restore /usr/sbin/arptables-nft
    /usr/sbin/arptables-nft-save /usr/sbin/arptables-nft-restore /usr/sbin/ebtables-legacy /usr/sbin/ebtables-legacy-save
    /usr/sbin/ebtables-legacy-restore /usr/sbin/ebtables-nft /usr/sbin/ebtables-nft-save /usr/sbin/ebtables-nft-restore
    /usr/sbin/dropbear /usr/bin/dbclient /usr/bin/dropbearkey"
guest_packages="qemu-system-x86 busybox-static cpio kmod xz-utils python3 gcc libc6-dev nftables iptables arptables ebtables
    ipset iproute2 sudo dropbear-bin"

# place ROOT FILE…: each file at its own path, with the links that lead to it.
place() {
    local into=$1 path next
    shift
    for path in "$@"; do
        path=$(realpath -s "$path")
        while [ -L "$path" ]; do
            next=$(readlink "$path")
            case $next in /*) ;; *) next=$(dirname "$path")/$next ;; esac
            mkdir -p "$into$(dirname "$path")"
            cp -Pn "$path" "$into$path"
            path=$(realpath -s "$next")
        done
        [ -e "$into$path" ] || { mkdir -p "$into$(dirname "$path")" && cp -p "$path" "$into$path"; }
    done
}

# libraries FILE…: the shared libraries they need.
libraries() {
    { ldd "$@" 2>/dev/null || true; } | grep -o '/[^ ]*\.so[^ ]*' | grep -v ':$' | sort -u
}

# place_with_libraries ROOT FILE…
place_with_libraries() {
    local into=$1
    shift
    place "$into" "$@"
    # shellcheck disable=SC2046 # library paths have no blanks
    place "$into" $(libraries "$@")
}

place_python() {
    local library=/usr/lib/python3.11
    (cd / && find "${library#/}" \( -name test -o -name idlelib -o -name tkinter -o -name lib2to3 -o -name ensurepip \
        -o -name pydoc_data -o -name unittest -o -name 'config-*' -o -name turtledemo -o -name dist-packages \) -prune \
        -o \( -type f -o -type l \) -print0 | cpio -0 -pdm --quiet "$1")
    # shellcheck disable=SC2046
    place "$1" $(libraries "$library"/lib-dynload/*.so)
}

write_accounts() {
    printf '%s\n' root:x:0:0:root:/root:/bin/bash alice:x:1000:1000:Alice:/root:/bin/bash \
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin >"$1/etc/passwd"
    printf '%s\n' root:x:0: alice:x:1000: nogroup:x:65534: >"$1/etc/group"
    printf '%s\n' 'root:*:19000::::::' 'nobody:*:19000::::::' >"$1/etc/shadow"
    printf '%s\n' 'passwd: files' 'group: files' 'shadow: files' 'hosts: files' 'protocols: files' 'services: files' >"$1/etc/nsswitch.conf"
    printf '%s\n' '127.0.0.1 localhost wallwatch-vm' >"$1/etc/hosts"
    printf '%s\n' 'root ALL=(ALL:ALL) NOPASSWD: ALL' >"$1/etc/sudoers"
    echo /bin/bash >"$1/etc/shells"
    chmod 440 "$1/etc/sudoers"
    echo 8f6a3b0e5d1c4f0a9b2e7d6c5a4f3e2d >"$1/etc/machine-id"
    mkdir -p "$1/etc/pam.d"
    printf '%s required pam_permit.so\n' auth account session password >"$1/etc/pam.d/sudo"
}

# build_base KERNEL_FOLDER ARCHIVE
build_base() {
    local guest folder
    guest=$(mktemp -d "$cache/base.XXXXXX")
    mkdir -p "$guest"/{usr/{bin,sbin,lib,lib64},proc,sys,dev,run,tmp,etc,root,var/lib,var/log,wallwatch}
    for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$guest/$folder"; done
    ln -s ../run "$guest/var/run"
    # shellcheck disable=SC2086 # a list of names
    place_with_libraries "$guest" $guest_tools /usr/libexec/sudo/*.so* /usr/lib/x86_64-linux-gnu/xtables/*.so \
        /usr/lib/x86_64-linux-gnu/security/pam_permit.so
    place "$guest" /usr/bin/busybox /etc/protocols /etc/services /etc/ethertypes
    "$guest/usr/bin/busybox" --list | while read -r folder; do
        [ -e "$guest/usr/bin/$folder" ] || [ -e "$guest/usr/sbin/$folder" ] || ln -s busybox "$guest/usr/bin/$folder"
    done
    place_python "$guest"
    write_accounts "$guest"
    copy_modules "$1" "$guest"
    pack "$guest" "$2"
    rm -rf "$guest"
}

# build_overlay ARCHIVE COMMAND…: init, binary, tests, deeds and the command.
build_overlay() {
    local archive=$1 guest deed bare
    shift
    guest=$(mktemp -d "$cache/overlay.XXXXXX")
    mkdir -p "$guest/wallwatch/Tests" "$guest/wallwatch/deeds"
    install -m 755 "$root/scripts/lib/vm-init" "$guest/init"
    printf '%q ' "$@" >"$guest/wallwatch/command"
    cp -r "$root/Tests/Live" "$root/Tests/Facts" "$guest/wallwatch/Tests/"
    find "$guest" -name __pycache__ -prune -exec rm -rf {} +
    for deed in "$root"/Tests/Live/deeds/*.c; do
        # One of 32 bits has no library: see Tests/Live/harness/deeds.py.
        case $deed in *elf32.c) bare="-m32 -nostdlib -ffreestanding -fno-pic -fno-stack-protector" ;; *) bare="" ;; esac
        # shellcheck disable=SC2086 # a list of options
        cc -std=gnu11 -O2 -static $bare -o "$guest/wallwatch/deeds/$(basename "${deed%.c}")" "$deed"
    done
    [ ${#taken[@]} = 0 ] || cp "${taken[@]}" "$guest/wallwatch/"
    if [ -n "$binary" ]; then
        install -m 755 "$binary" "$guest/wallwatch/wallwatch"
        strip "$guest/wallwatch/wallwatch" 2>/dev/null || true
        mkdir -p "$guest/usr/lib/x86_64-linux-gnu" "$guest/usr/lib64"
        ln -s usr/lib "$guest/lib"
        ln -s usr/lib64 "$guest/lib64"
        # shellcheck disable=SC2046
        place "$guest" $(libraries "$binary")
    fi
    pack "$guest" "$archive"
    rm -rf "$guest"
}

# pack ROOT ARCHIVE: not compressed, since unpacking would be emulated.
pack() {
    (cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc -R 0:0 --quiet) >"$2.new"
    mv "$2.new" "$2"
}

# base_key KERNEL_FOLDER: changes with the kernel, the packages the guest's files come from, and the scripts that build it.
base_key() {
    {
        kernel_release "$1"
        stat -c '%n %s %Y' "$(kernel_image "$1")"
        dpkg-query -W -f '${Package} ${Version}\n' bash dash busybox-static nftables iptables arptables ebtables ipset iproute2 sudo kmod \
            python3.11 python3.11-minimal libpython3.11-stdlib util-linux coreutils libc6 libnftables1 libxtables12 libpam-modules
        cat "$root/scripts/lib/vm-image.sh" "$root/scripts/lib/vm-kernel.sh"
    } | sha256sum | cut -c1-16
}
