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

    /// Opens the namespace with this inode: at one of `tasks` (processes or threads), if it is still there, else
    /// wherever a process is in it, or, `thoroughly`, a thread that is there without its process.
    /// The caller closes the descriptor; an open one keeps the namespace alive.
    package static func open(_ inode: UInt32, tasks: [UInt32] = [], thoroughly: Bool = false) -> CInt? {
        let likely = ["/proc/self/ns/net"] + tasks.map(place) + mounted.map(\.path)
        for path in likely {
            if let descriptor = open(path, expecting: inode) { return descriptor }
        }
        let pids = ProcFS.pids
        for pid in pids {
            if let descriptor = open(place(pid), expecting: inode) { return descriptor }
        }
        guard thoroughly else { return nil }
        for thread in pids.lazy.flatMap(ProcFS.otherThreads) {
            if let descriptor = open(place(thread), expecting: inode) { return descriptor }
        }
        return nil
    }

    /// Every namespace that is mounted or that a process or a thread is in, with the tasks seen in it.
    package static func census() -> [UInt32: [UInt32]] {
        var found: [UInt32: [UInt32]] = [:]
        for mount in mounted where isNamespace(mount.path) {
            if let inode = inode(mount.path) { found[inode] = [] }
        }
        for pid in ProcFS.pids {
            let own = inode(place(pid))
            if let own { found[own, default: []].append(pid) }
            for thread in ProcFS.otherThreads(of: pid) {
                if let inode = inode(place(thread)), inode != own { found[inode, default: []].append(thread) }
            }
        }
        return found
    }

    /// Where namespaces are mounted by name: by `ip netns` and by Docker.
    package static var mounted: [(name: String, path: String)] {
        ["/run/netns", "/run/docker/netns"].flatMap { folder in
            TextFile.names(in: folder).map { ($0, "\(folder)/\($0)") }
        }
    }

    /// Whether a file is one of a namespace: any other may have the same inode number.
    package static func isNamespace(_ path: String) -> Bool {
        var status = stat()
        var own = stat()
        return stat(path, &status) == 0 && stat("/proc/self/ns/net", &own) == 0 && status.st_dev == own.st_dev
    }

    private static func place(_ task: UInt32) -> String { "/proc/\(task)/ns/net" }

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
