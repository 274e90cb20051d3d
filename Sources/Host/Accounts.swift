internal import CLinux
internal import Glibc

/// Names of users and groups, from /etc/passwd and /etc/group: never from a directory service, which could
/// keep the collector waiting.
///
/// The files are read again when they have changed and an unknown number is asked for.
package final class Accounts {
    private struct File {
        let path: String
        var names: [UInt32: String] = [:]
        var stamp = timespec()

        mutating func name(_ id: UInt32) -> String? {
            if let name = names[id] { return name }
            var status = stat()
            guard stat(path, &status) == 0,
                status.st_mtim.tv_sec != stamp.tv_sec || status.st_mtim.tv_nsec != stamp.tv_nsec
            else { return nil }
            stamp = status.st_mtim
            names = Accounts.parse(TextFile.bytes(path) ?? [])
            return names[id]
        }
    }

    private var users: File
    private var groups: File

    package init(users: String = "/etc/passwd", groups: String = "/etc/group") {
        self.users = File(path: users)
        self.groups = File(path: groups)
    }

    /// The user's name, or nil if the machine's own files have none.
    package func user(_ id: UInt32) -> String? { users.name(id) }

    /// The group's name, or nil if the machine's own files have none.
    package func group(_ id: UInt32) -> String? { groups.name(id) }

    /// Lines of `name:x:id:…`; others are passed over. The first name of a number counts.
    static func parse(_ bytes: [UInt8]) -> [UInt32: String] {
        var names: [UInt32: String] = [:]
        for line in bytes.split(separator: 10) {
            let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
            guard fields.count >= 3, !fields[0].isEmpty,
                let id = UInt32(String(decoding: fields[2], as: UTF8.self)), names[id] == nil
            else { continue }
            names[id] = String(decoding: fields[0], as: UTF8.self)
        }
        return names
    }
}
