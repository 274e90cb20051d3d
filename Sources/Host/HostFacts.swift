internal import Glibc

/// What does not change while the collector runs.
package struct HostFacts: Hashable, Sendable {
    /// systemd's machine id, or D-Bus's.
    package var id: String
    package var hostname: String
    package var bootID: String
    /// The kernel's release, as `uname -r` has it.
    package var kernel: String

    package init(id: String, hostname: String, bootID: String, kernel: String) {
        self.id = id
        self.hostname = hostname
        self.bootID = bootID
        self.kernel = kernel
    }

    /// Those of this machine. Where there is no machine id, the host name takes its place.
    package static func current() -> HostFacts {
        let hostname = TextFile.line("/proc/sys/kernel/hostname") ?? "localhost"
        return HostFacts(
            id: TextFile.line("/etc/machine-id") ?? TextFile.line("/var/lib/dbus/machine-id") ?? hostname,
            hostname: hostname,
            bootID: TextFile.line("/proc/sys/kernel/random/boot_id") ?? "unknown",
            kernel: TextFile.line("/proc/sys/kernel/osrelease") ?? "unknown")
    }
}
