internal import CLinux
internal import Glibc
package import SystemPackage

/// Tells what is done to folders and to what lies in them, and by whom (fanotify with names, since Linux 5.9).
///
/// A file is watched as well as its folder: it may have a name elsewhere, by which it can be written to.
///
/// Where a file system has no handles to name a folder by (overlayfs before 6.6, tmpfs before 5.13), inotify tells the
/// same, but not who did it. Neither tells of a file that was written through a memory mapping before that is gone, nor of
/// what a mount covers.
package final class FileEvents {
    /// What was done.
    package enum Deed: Sendable {
        /// To what is in a file, or to a name.
        case content
        /// To permissions, dates, owners, or the number of a file's names.
        case attributes
        /// A folder was made: what lies in it may have come before it was watched.
        case folder
    }

    /// Something that was done.
    package struct Event: Hashable, Sendable {
        /// The folder, as it was asked for; more than one path may lead to it. Or the file, where it was done by another
        /// name of it.
        package var places: [[UInt8]]
        /// The name in the folder. nil: it is about the folder itself, or the file.
        package var name: [UInt8]?
        package var deed: Deed
        /// Whose process did it; nil: unknown.
        package var pid: UInt32?
    }

    /// Which folder an event is about, as the kernel names it.
    private struct Handle: Hashable {
        var fileSystem: UInt64
        var bytes: [UInt8]

        init(fileSystem: UInt64, bytes: [UInt8]) {
            self.fileSystem = fileSystem
            self.bytes = bytes
        }

        /// That of what a path leads to.
        init?(_ path: [CChar]) {
            var bytes = [UInt8](repeating: 0, count: 136)
            let count = linux_file_handle(path, &bytes)
            guard count > 0 else { return nil }
            self.init(fileSystem: linux_file_system_id(path), bytes: Array(bytes[..<Int(count)]))
        }
    }

    /// Becomes readable when something was done.
    package let descriptors: [CInt]
    /// Events were lost, for want of room in the kernel's queue.
    package private(set) var isOverrun = false
    private let fanotify: CInt?
    private let inotify: CInt
    private var byHandle: [Handle: [[UInt8]]] = [:]
    private var byWatch: [CInt: [[UInt8]]] = [:]
    /// Folders of which it is not told who did something in them.
    package private(set) var anonymous: [[UInt8]] = []

    package init() throws(Errno) {
        inotify = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
        guard inotify >= 0 else { throw Errno(rawValue: errno) }
        let descriptor = linux_fanotify_init()
        fanotify = descriptor >= 0 ? descriptor : nil
        descriptors = [descriptor, inotify].filter { $0 >= 0 }
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    /// Watches these folders and files and no others.
    package func watch(folders: Set<[UInt8]>, files: Set<[UInt8]>) {
        let known = Set(byHandle.values.joined()).union(byWatch.values.joined())
        // A folder of the same name may be another one by now, so that all are marked again; a mark that is there stays.
        if !known.isSubset(of: folders) { forget() }
        byHandle.removeAll()
        byWatch.removeAll()
        anonymous.removeAll()
        for folder in folders { watch(folder: folder) }
        for file in files { watch(file: file) }
    }

    /// Watches a file that may be another one by now.
    package func watch(file: [UInt8]) {
        let name = file.map { CChar(bitPattern: $0) } + [0]
        if let fanotify, linux_fanotify_watch_file(fanotify, name) == 0, let handle = Handle(name) {
            if byHandle[handle]?.contains(file) != true { byHandle[handle, default: []].append(file) }
            return
        }
        let watch = inotify_add_watch(inotify, name, UInt32(IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB))
        if watch >= 0, byWatch[watch]?.contains(file) != true { byWatch[watch, default: []].append(file) }
    }

    private func watch(folder: [UInt8]) {
        let name = folder.map { CChar(bitPattern: $0) } + [0]
        if let fanotify, linux_fanotify_watch(fanotify, name) == 0, let handle = Handle(name) {
            byHandle[handle, default: []].append(folder)
            return
        }
        let kinds = IN_CREATE | IN_DELETE | IN_MOVE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF
        let watch = inotify_add_watch(inotify, name, UInt32(kinds) | UInt32(IN_MOVE_SELF | IN_ONLYDIR))
        guard watch >= 0 else { return }
        byWatch[watch, default: []].append(folder)
        anonymous.append(folder)
    }

    private func forget() {
        if let fanotify { _ = linux_fanotify_forget(fanotify) }
        for watch in byWatch.keys { inotify_rm_watch(inotify, watch) }
    }

    /// What was done since it was asked last, in order. Some of it may have been done to a folder that is not watched any
    /// more.
    package func take() -> [Event] {
        var events: [Event] = []
        isOverrun = false
        if let fanotify { read(fanotify) { takeFanotify($0, &events) } }
        read(inotify) { takeInotify($0, &events) }
        return events
    }

    private func read(_ descriptor: CInt, _ body: (RawSpan) -> Void) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 8)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]).bytes)
        }
    }

    /// `struct fanotify_event_metadata`, behind it `fanotify_event_info_fid` with a `file_handle` and a name.
    private func takeFanotify(_ bytes: RawSpan, _ events: inout [Event]) {
        var offset = 0
        while let length = bytes.number(offset, UInt32.self).map(Int.init), length >= 24,
            length <= bytes.byteCount - offset, let mask = bytes.number(offset + 8, UInt64.self)
        {
            let event = bytes.extracting(offset..<offset + length)
            offset += length
            if mask & UInt64(FAN_Q_OVERFLOW) != 0 { isOverrun = true }
            guard let head = event.number(6, UInt16.self).map(Int.init) else { continue }
            let pid = event.number(20, UInt32.self).flatMap { $0 == 0 ? nil : $0 }
            let deed: Deed =
                mask & UInt64(FAN_ONDIR) != 0 && mask & UInt64(FAN_CREATE) != 0
                ? .folder : mask & UInt64(FAN_ATTRIB) == mask ? .attributes : .content
            forEachPlace(in: event, from: head) { places, name in
                events.append(Event(places: places, name: name, deed: deed, pid: pid))
            }
        }
    }

    /// The folder with the name, and the file, which may be known by another name.
    private func forEachPlace(in event: RawSpan, from start: Int, _ body: ([[UInt8]], [UInt8]?) -> Void) {
        var offset = start
        while let kind = event.number(offset, UInt8.self), let size = event.number(offset + 2, UInt16.self),
            size >= 20, Int(size) <= event.byteCount - offset
        {
            let info = event.extracting(offset..<offset + Int(size))
            offset += Int(size)
            guard let fileSystem = info.number(4, UInt64.self), let count = info.number(12, UInt32.self).map(Int.init),
                count <= info.byteCount - 20,
                let places = byHandle[Handle(fileSystem: fileSystem, bytes: info.copy(12..<20 + count))]
            else { continue }
            guard kind == UInt8(FAN_EVENT_INFO_TYPE_DFID_NAME) else {
                body(places, nil)
                continue
            }
            // The folder itself goes by the name of a dot.
            let name = Array(info.copy(20 + count..<info.byteCount).prefix { $0 != 0 })
            body(places, name == [UInt8(ascii: ".")] ? nil : name)
        }
    }

    /// `struct inotify_event`.
    private func takeInotify(_ bytes: RawSpan, _ events: inout [Event]) {
        var offset = 0
        while let watch = bytes.number(offset, Int32.self), let mask = bytes.number(offset + 4, UInt32.self),
            let length = bytes.number(offset + 12, UInt32.self).map(Int.init), length <= bytes.byteCount - offset - 16
        {
            let name = bytes.copy(offset + 16..<offset + 16 + length).prefix { $0 != 0 }
            offset += 16 + length
            if mask & UInt32(IN_Q_OVERFLOW) != 0 { isOverrun = true }
            guard mask & UInt32(IN_IGNORED) == 0, let folders = byWatch[watch] else { continue }
            // Without an author it matters to nobody which.
            events.append(Event(places: folders, name: name.isEmpty ? nil : Array(name), deed: .content))
        }
    }
}

extension RawSpan {
    fileprivate func number<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: Number.Type) -> Number?
    {
        guard offset >= 0, offset <= byteCount - MemoryLayout<Number>.size else { return nil }
        return unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    fileprivate func copy(_ range: Range<Int>) -> [UInt8] {
        let part = extracting(range)
        return (0..<part.byteCount).map { part.unsafeLoadUnaligned(fromByteOffset: $0, as: UInt8.self) }
    }
}
