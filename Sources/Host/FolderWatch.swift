internal import CLinux
internal import Glibc
package import SystemPackage

/// Tells of names that go from folders (inotify). It does not tell who took them.
package final class FolderWatch {
    /// Becomes readable when a name went.
    package let descriptor: CInt
    private var watches: [CInt] = []

    package init() throws(Errno) {
        descriptor = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    }

    deinit { close(descriptor) }

    /// Watches these folders and no others; what happened before is forgotten.
    package func watch(_ folders: [String]) {
        for watch in watches { inotify_rm_watch(descriptor, watch) }
        _ = takeNames()
        let kinds = UInt32(IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)
        watches = folders.map { inotify_add_watch(descriptor, $0, kinds) }.filter { $0 >= 0 }
    }

    /// The names that went, "" for a folder itself.
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
