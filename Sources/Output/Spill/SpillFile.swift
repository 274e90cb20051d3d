import Glibc
import SystemPackage
import Threads

/// What room a spill file has.
struct SpillRoom: Sendable {
    var used = 0
    var capacity = 0

    /// Whether there is room for a line of its class. The last of it is kept for what is worth most.
    func admits(_ line: QueuedLine) -> Bool {
        guard line.bytes.count <= SpillFrame.longest else { return false }
        let share =
            switch line.lineClass {
            case .process: capacity / 2
            case .firewall: capacity / 8 * 7
            case .alert: capacity
            }
        return used + SpillFile.cost(line) <= share
    }
}

/// Lines that wait on disk for a reader who stands still: a ring of bounded size, in the order they came.
///
/// What was added is in the page cache at once, so the death of the collector loses nothing of it; that of the machine
/// may damage it, which is found by sums and told. Only the writing thread touches it.
final class SpillFile {
    private let descriptor: Descriptor
    private var head: SpillHead
    /// What was read ahead, and from where on.
    private var window: (start: UInt64, bytes: [UInt8]) = (0, [])
    /// Bytes that held lines and could not be read back, not told yet.
    private(set) var damage: UInt64 = 0

    private static let readAhead = 256 << 10

    /// The oldest line, and where it ends.
    struct Oldest {
        var line: QueuedLine
        var end: UInt64
    }

    /// Opens the file, or makes it (0600), for `capacity` bytes of lines; one that holds lines keeps its size until they
    /// are gone.
    init(_ path: FilePath, capacity: Int) throws(Errno) {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        descriptor = try Descriptor { path.withPlatformString { Glibc.open($0, flags, 0o600) } }
        var status = stat()
        guard fstat(descriptor.raw, &status) == 0 else { throw Errno.last }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else { throw Errno.invalidArgument }
        let raw = descriptor.raw
        let front = Self.read(raw, 0, Int(SpillHead.room))
        let heads = [0, 512].compactMap { SpillHead(front.dropFirst($0)) }
        if let newest = heads.max(by: { $0.serial < $1.serial }) {
            head = newest
            // What was added after the head was written last.
            while let next = oldest(at: head.end) { head.end = next.end }
        } else {
            head = SpillHead(capacity: UInt64(capacity))
            damage = UInt64(max(Int64(status.st_size) - Int64(SpillHead.room), 0))
            guard ftruncate(raw, 0) == 0 else { throw Errno.last }
            try saveHead()
        }
        if isEmpty { try begin(UInt64(capacity)) }
    }

    var isEmpty: Bool { head.used == 0 }
    /// What the lines take.
    var bytes: Int { Int(head.used) }
    var capacity: Int { Int(head.capacity) }

    func takeDamage() -> UInt64 {
        defer { damage = 0 }
        return damage
    }

    /// What a line takes in the file.
    static func cost(_ line: QueuedLine) -> Int { SpillFrame.headSize + line.bytes.count }

    var room: SpillRoom { SpillRoom(used: bytes, capacity: capacity) }

    /// Adds lines that are admitted. All or none of them.
    func append(_ lines: [QueuedLine]) throws(Errno) {
        var frames: [UInt8] = []
        for line in lines { SpillFrame.encode(line, at: head.end + UInt64(frames.count), into: &frames) }
        guard head.used + UInt64(frames.count) <= head.capacity else { throw Errno.noSpace }
        do throws(Errno) {
            try write(frames, at: head.end)
            head.end += UInt64(frames.count)
            do throws(Errno) { try saveHead() } catch {
                head.end -= UInt64(frames.count)
                throw error
            }
        } catch {
            // What is there of them would be taken for lines that were added.
            try? write([0, 0, 0, 0], at: head.end)
            throw error
        }
    }

    /// The line that waits longest. What is damaged before it is passed over.
    func oldest() -> Oldest? {
        while head.begin < head.end {
            if let oldest = waiting(at: head.begin) { return oldest }
            let stored = linesStored
            var next = head.begin + 1
            while next < head.end, waiting(at: next) == nil { next = min(position(after: next, stored), head.end) }
            damage += next - head.begin
            head.begin = next
        }
        try? removed(upTo: head.end)
        return nil
    }

    /// The oldest line is written.
    func remove(_ oldest: Oldest) { try? removed(upTo: oldest.end) }

    private func removed(upTo position: UInt64) throws(Errno) {
        head.begin = position
        if isEmpty { try begin(head.capacity) } else { try saveHead() }
    }

    /// Begins at the front of the file, with no line in it.
    private func begin(_ capacity: UInt64) throws(Errno) {
        window = (0, [])
        head.capacity = capacity
        // A position that no line has had, at the front of the file.
        head.begin = (head.end + capacity) / capacity * capacity
        head.end = head.begin
        try saveHead()
        _ = ftruncate(descriptor.raw, off_t(SpillHead.room))
    }

    private func saveHead() throws(Errno) {
        head.serial += 1
        let bytes = head.encoded
        guard pwrite(descriptor.raw, bytes, bytes.count, off_t(head.place)) == bytes.count else { throw Errno.last }
    }
}

extension SpillFile {
    private func oldest(at position: UInt64) -> Oldest? {
        guard let head = SpillFrame.Head(read(position, SpillFrame.headSize), at: position),
            UInt64(head.size) <= self.head.capacity,
            let line = SpillFrame.line(read(position, head.size), head)
        else { return nil }
        return Oldest(
            line: QueuedLine(bytes: line, lineClass: head.lineClass), end: position + UInt64(head.size))
    }

    /// A line among those that wait: none that goes on behind the last of them.
    private func waiting(at position: UInt64) -> Oldest? {
        guard let found = oldest(at: position), found.end <= head.end else { return nil }
        return found
    }

    /// How much of the room for lines is in the file.
    private var linesStored: UInt64 {
        var status = stat()
        guard fstat(descriptor.raw, &status) == 0 else { return 0 }
        return UInt64(max(Int64(status.st_size) - Int64(SpillHead.room), 0))
    }

    /// The next position at which a line may begin: behind the end of the file there is none, however much a damaged head
    /// says that there is.
    private func position(after position: UInt64, _ stored: UInt64) -> UInt64 {
        let offset = (position + 1) % head.capacity
        return offset < stored || offset == 0 ? position + 1 : position + 1 + head.capacity - offset
    }

    /// So many bytes from a position on; fewer where the file ends.
    private func read(_ position: UInt64, _ count: Int) -> ArraySlice<UInt8> {
        let end = position + UInt64(count)
        if position < window.start || end > window.start + UInt64(window.bytes.count) {
            let wanted = max(count, min(Self.readAhead, Int(head.end > position ? head.end - position : 0)))
            let offset = position % head.capacity
            let first = min(UInt64(wanted), head.capacity - offset)
            var bytes = Self.read(descriptor.raw, SpillHead.room + offset, Int(first))
            if bytes.count == Int(first), first < UInt64(wanted) {
                bytes += Self.read(descriptor.raw, SpillHead.room, wanted - Int(first))
            }
            window = (position, bytes)
        }
        return window.bytes.dropFirst(Int(position - window.start)).prefix(count)
    }

    private static func read(_ file: CInt, _ offset: UInt64, _ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let taken = pread(
                    file, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset) + filled)
                if taken < 0, errno == EINTR { continue }
                guard taken > 0 else { return }
                filled += taken
            }
        }
    }

    private func write(_ bytes: [UInt8], at position: UInt64) throws(Errno) {
        window = (0, [])
        var rest = bytes[...]
        var position = position
        while !rest.isEmpty {
            let offset = position % head.capacity
            let piece = rest.prefix(Int(head.capacity - offset))
            let count = piece.withUnsafeBytes {
                pwrite(descriptor.raw, $0.baseAddress, $0.count, off_t(SpillHead.room + offset))
            }
            if count < 0, Errno.last == .interrupted { continue }
            guard count > 0 else { throw count == 0 ? Errno.noSpace : Errno.last }
            rest = rest.dropFirst(count)
            position += UInt64(count)
        }
    }
}
