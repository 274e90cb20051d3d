internal import CLibBPF
internal import Glibc

/// The reader of a `BPF_MAP_TYPE_RINGBUF`.
///
/// Unlike libbpf's it does not hand a record back to the kernel when it has been looked at, but when
/// ``release()`` is called: what was read and not yet acted on is there again for the next reader, should
/// this one be killed.
package final class RingBuffer {
    /// Looks at one record where the kernel wrote it; what must outlive the call is copied out.
    package typealias Handler = (RawSpan) -> Void

    /// Length and flags of a record, then its offset from the ring's head (kernel/bpf/ringbuf.c).
    private static let headBytes = 8
    private static let busy: UInt32 = 1 << 31
    private static let discarded: UInt32 = 1 << 30

    /// Readable when the kernel half has rung and something is unreleased: wait for edges, not for levels.
    package let descriptor: CInt
    /// Bytes it holds.
    package let capacity: Int
    /// How far it was read, in bytes since the ring was made.
    package private(set) var position: UInt64
    private var released: UInt64
    private let consumer: UnsafeMutableRawPointer
    private let producer: UnsafeMutableRawPointer
    private let page: Int

    /// Maps the ring buffer behind `descriptor`, which must stay open as long as this reader.
    package init(map descriptor: CInt) throws(BPFError) {
        let info = try BPFMap.info(descriptor)
        guard info.type == UInt32(BPF_MAP_TYPE_RINGBUF.rawValue), info.capacity > 0 else {
            throw BPFError(operation: "read a map as a ring buffer", code: EINVAL)
        }
        page = Int(getpagesize())
        capacity = Int(info.capacity)
        self.descriptor = descriptor
        let front = mmap(nil, page, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let front, front != MAP_FAILED else { throw BPFError(operation: "map a ring buffer", code: errno) }
        // The data lies there twice, end to end, so that no record is in two pieces.
        let back = mmap(nil, page + 2 * capacity, PROT_READ, MAP_SHARED, descriptor, page)
        guard let back, back != MAP_FAILED else {
            let failure = BPFError(operation: "map a ring buffer", code: errno)
            munmap(front, page)
            throw failure
        }
        consumer = front
        producer = back
        released = ww_load_acquire_64(front)
        position = released
    }

    deinit {
        munmap(consumer, page)
        munmap(producer, page + 2 * capacity)
    }

    /// What was read and is still kept, in bytes.
    package var unreleased: Int { Int(position - released) }

    /// How far it was written, in bytes since it was made.
    package var written: UInt64 { ww_load_acquire_64(producer) }

    /// What is there and was not read, in bytes.
    package var unread: Int { Int(clamping: written &- position) }

    /// Goes on where an earlier reader of the same ring was, if that lies ahead.
    package func skip(to place: UInt64) {
        guard place > position, place <= written else { return }
        position = place
    }

    /// Hands over the records that are there, so many at most, without waiting. Returns how many.
    @discardableResult
    package func read(atMost limit: Int = .max, _ body: Handler) -> Int {
        var count = 0
        var end = written
        while position < end, count < limit {
            let record = producer + page + Int(position & UInt64(capacity - 1))
            let head = ww_load_acquire_32(record)
            // Whoever writes it is not done. What comes after it waits, so that the order stays.
            guard head & Self.busy == 0 else { break }
            let size = Int(head & ~(Self.busy | Self.discarded))
            guard size <= capacity - Self.headBytes else { break }
            if head & Self.discarded == 0 {
                body(RawSpan(_unsafeStart: record + Self.headBytes, byteCount: size))
                count += 1
            }
            position += UInt64((size + Self.headBytes + 7) & ~7)
            if position == end { end = written }
        }
        return count
    }

    /// Hands back to the kernel what was read: it is done with for good.
    package func release() {
        guard released != position else { return }
        released = position
        ww_store_release_64(consumer, released)
    }
}
