internal import CLibBPF

/// The reader of a `BPF_MAP_TYPE_RINGBUF`.
package final class RingBuffer {
    /// Looks at one record where the kernel wrote it; what must outlive the call is copied out.
    package typealias Handler = (RawSpan) -> Void

    private var handle: OpaquePointer?
    private let handler: Handler

    /// Maps the ring buffer behind `descriptor`, which must stay open as long as this reader.
    package init(map descriptor: CInt, handler: @escaping Handler) throws(BPFError) {
        self.handler = handler
        let deliver: ring_buffer_sample_fn = { context, data, size in
            guard let context, let data else { return 0 }
            let ring = Unmanaged<RingBuffer>.fromOpaque(context).takeUnretainedValue()
            ring.handler(RawSpan(_unsafeStart: data, byteCount: size))
            return 0
        }
        handle = try check(
            "map a ring buffer",
            ring_buffer__new(descriptor, deliver, Unmanaged.passUnretained(self).toOpaque(), nil))
    }

    deinit {
        ring_buffer__free(handle)
    }

    /// Becomes readable when the kernel half rings. It belongs to this reader.
    package var descriptor: CInt { ring_buffer__epoll_fd(handle) }

    /// Hands over the records that are there, without waiting. Returns how many.
    @discardableResult
    package func drain() throws(BPFError) -> Int {
        Int(try check("read a ring buffer", ring_buffer__consume(handle)))
    }
}
