/// An absolute path as the kernel has it: bytes, that need not be text.
package struct BytePath: Hashable, Sendable {
    /// Without a slash at the end; the root is empty.
    package private(set) var bytes: [UInt8]

    private static let slash = UInt8(ascii: "/")

    /// The root folder.
    package static let root = BytePath(bytes: [])

    /// Takes an absolute path. Double slashes and dots are left out; `..` leads up, as it does where no folder is a link.
    package init(_ path: some Sequence<UInt8>) {
        var parts: [ArraySlice<UInt8>] = []
        for part in Array(path).split(separator: Self.slash) {
            switch Array(part) {
            case [UInt8(ascii: ".")]: continue
            case [UInt8(ascii: "."), UInt8(ascii: ".")]: _ = parts.popLast()
            default: parts.append(part)
            }
        }
        bytes = parts.flatMap { [Self.slash] + $0 }
    }

    package init(_ path: String) { self.init(path.utf8) }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The name of what it leads to, empty for the root.
    package var name: ArraySlice<UInt8> {
        bytes.lastIndex(of: Self.slash).map { bytes[($0 + 1)...] } ?? []
    }

    /// The folder that holds it.
    package var folder: BytePath {
        BytePath(bytes: bytes.lastIndex(of: Self.slash).map { Array(bytes[..<$0]) } ?? [])
    }

    /// Its names, from the root on.
    package var names: [ArraySlice<UInt8>] { bytes.split(separator: Self.slash) }

    /// What a name in this folder leads to.
    package func appending(_ name: some Sequence<UInt8>) -> BytePath { BytePath(bytes: bytes + [Self.slash] + name) }

    /// Where a link that lies at this path leads.
    package func following(_ target: some Collection<UInt8>) -> BytePath {
        target.first == Self.slash ? BytePath(target) : BytePath(folder.bytes + [Self.slash] + target)
    }

    /// Whether it is the other or lies below it.
    package func isAtOrBelow(_ other: BytePath) -> Bool {
        bytes.starts(with: other.bytes) && (bytes.count == other.bytes.count || bytes[other.bytes.count] == Self.slash)
    }

    /// For opening it.
    package var opened: [UInt8] { bytes.isEmpty ? [Self.slash] : bytes }
    /// For reading: what is no text in it is replaced.
    package var text: String { String(decoding: opened, as: UTF8.self) }
}
