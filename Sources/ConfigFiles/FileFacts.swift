/// What there is to say of a file at one moment.
package struct FileFacts: Hashable, Sendable {
    /// As ECS's `file.type` has it.
    package enum Kind: String, CaseIterable, Sendable {
        case file
        case symlink
        /// A device, a pipe, a socket: not read.
        case other
    }

    package var kind: Kind
    /// In bytes; of what a link leads to, if that is a file.
    package var size: UInt64
    /// Permissions, as chmod takes them.
    package var mode: UInt16
    package var user: UInt32
    package var group: UInt32
    package var device: UInt64
    package var inode: UInt64
    /// In nanoseconds since 1970.
    package var modified: Int64
    /// SHA-256 of what is in it, in hexadecimal digits. nil: it was not read, being too large, or no file.
    package var hash: String?
    /// What is in it, if that is a small text.
    package var text: String?
    /// Of a link: where it leads, as it says, …
    package var target: [UInt8]?
    /// … and the path in the end.
    package var resolved: BytePath?

    package init(
        kind: Kind, size: UInt64, mode: UInt16, user: UInt32, group: UInt32, device: UInt64, inode: UInt64,
        modified: Int64, hash: String? = nil, text: String? = nil, target: [UInt8]? = nil, resolved: BytePath? = nil
    ) {
        self.kind = kind
        self.size = size
        self.mode = mode
        self.user = user
        self.group = group
        self.device = device
        self.inode = inode
        self.modified = modified
        self.hash = hash
        self.text = text
        self.target = target
        self.resolved = resolved
    }

    /// Whether it says the same, by whatever permissions.
    func hasContent(of other: FileFacts) -> Bool {
        guard kind == other.kind, target == other.target, size == other.size, hash == other.hash else { return false }
        // One that is too large to be read has but its size and date to be known by.
        return hash != nil || modified == other.modified
    }

    func hasPermissions(of other: FileFacts) -> Bool {
        (mode, user, group) == (other.mode, other.user, other.group)
    }

    func isSameFile(as other: FileFacts) -> Bool { (device, inode) == (other.device, other.inode) }

    /// The lines that matter where only those with certain words do.
    func lines(with words: [String]) -> [Substring]? {
        text?.split(separator: "\n").filter { line in
            let line = line.drop { $0 == " " || $0 == "\t" }
            guard line.first != "#", line.first != ";" else { return false }
            return words.contains { line.contains($0) }
        }
    }
}
