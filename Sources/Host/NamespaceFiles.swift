internal import CLinux
internal import Glibc

/// Where network namespaces can be opened: at processes in them, and where `ip netns` mounts them.
package enum NamespaceFiles {
    /// The inode of a namespace's file, or nil if it cannot be looked at.
    package static func inode(_ path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt32(truncatingIfNeeded: status.st_ino) : nil
    }

    /// The namespace this process is in.
    package static var own: UInt32? { inode("/proc/self/ns/net") }

    /// Opens the namespace with this inode: at one of `pids`, if it is still there, else wherever it is found.
    /// The caller closes the descriptor; an open one keeps the namespace alive.
    package static func open(_ inode: UInt32, pids: [UInt32] = []) -> CInt? {
        let likely = ["/proc/self/ns/net"] + pids.map { "/proc/\($0)/ns/net" } + mounted
        for path in likely {
            if let descriptor = open(path, expecting: inode) { return descriptor }
        }
        for pid in ProcFS.pids {
            if let descriptor = open("/proc/\(pid)/ns/net", expecting: inode) { return descriptor }
        }
        return nil
    }

    /// Every namespace that a process is in or that is mounted, with a place to open it.
    package static func all() -> [UInt32: String] {
        var found: [UInt32: String] = [:]
        for path in mounted + ProcFS.pids.map({ "/proc/\($0)/ns/net" }) {
            if let inode = inode(path), found[inode] == nil { found[inode] = path }
        }
        return found
    }

    private static var mounted: [String] {
        ["/run/netns", "/run/docker/netns"].flatMap { folder in
            TextFile.names(in: folder).map { "\(folder)/\($0)" }
        }
    }

    private static func open(_ path: String, expecting expected: UInt32) -> CInt? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        // Between the look and the opening the process may have become another.
        guard fstat(descriptor, &status) == 0, UInt32(truncatingIfNeeded: status.st_ino) == expected else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
