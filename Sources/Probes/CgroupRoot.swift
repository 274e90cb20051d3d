internal import BPF
internal import CLinux
internal import Glibc

/// The root of cgroup v2, to which socket hooks of the whole machine attach.
enum CgroupRoot {
    /// Opens it where it is mounted. With v1 and v2 side by side that is not `/sys/fs/cgroup` itself.
    static func open() throws(BPFError) -> CInt {
        guard let mounts = fopen("/proc/self/mounts", "re") else {
            throw BPFError(operation: "find cgroup v2", code: errno)
        }
        defer { fclose(mounts) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, mounts) > 0 {
            guard let line else { break }
            let fields = String(cString: line).split(separator: " ")
            guard fields.count > 2, fields[2] == "cgroup2" else { continue }
            let folder = Glibc.open(String(fields[1]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard folder >= 0 else { throw BPFError(operation: "open \(fields[1])", code: errno) }
            return folder
        }
        // `ip netns exec` hides it behind a /sys of its own, and a system may use v1 alone.
        let folder = linux_open_cgroup2()
        guard folder >= 0 else { throw BPFError(operation: "find or mount cgroup v2", code: errno) }
        return folder
    }
}
