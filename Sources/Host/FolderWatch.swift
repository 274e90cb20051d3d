internal import CLinux
internal import Glibc
package import SystemPackage

/// Tells of names that come to folders, or go from them (inotify). It does not tell by whom.
package final class FolderWatch {
    package enum Kind: Sendable {
        /// Names that go.
        case departures
        /// Names that are moved in, and those that are deleted.
        case arrivals

        var mask: UInt32 {
            switch self {
            case .departures: UInt32(IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)
            case .arrivals: UInt32(IN_MOVED_TO | IN_DELETE)
            }
        }
    }

    /// Becomes readable when a name came or went.
    package let descriptor: CInt
    private var watches: [CInt] = []

    private let kind: Kind

    package init(for kind: Kind) throws(Errno) {
        self.kind = kind
        descriptor = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    }

    deinit { close(descriptor) }

    /// Watches these folders and no others; what happened before is forgotten.
    package func watch(_ folders: [String]) {
        for watch in watches { inotify_rm_watch(descriptor, watch) }
        _ = takeNames()
        watches = folders.map { inotify_add_watch(descriptor, $0, kind.mask) }.filter { $0 >= 0 }
    }

    /// The names that came or went, "" for a folder itself.
    package func takeNames() -> [String] {
        var names: [String] = []
        let head = MemoryLayout<inotify_event>.size
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count >= head else { return names }
            var offset = 0
            while offset + head <= count {
                let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                let end = min(offset + head + Int(event.len), count)
                if event.mask & UInt32(IN_IGNORED | IN_Q_OVERFLOW) == 0, watches.contains(event.wd) {
                    names.append(String(decoding: buffer[offset + head..<end].prefix { $0 != 0 }, as: UTF8.self))
                }
                offset = end
            }
        }
    }
}
