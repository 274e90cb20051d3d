import Glibc
import SystemPackage

/// A file descriptor that is closed when it is let go of.
struct Descriptor: ~Copyable {
    let raw: CInt

    /// Takes over `raw`.
    init(owning raw: CInt) {
        self.raw = raw
    }

    /// Takes over the result of a call that returns -1 on failure.
    init(_ call: () -> CInt) throws(Errno) {
        var result = call()
        while result < 0, Errno.last == .interrupted { result = call() }
        guard result >= 0 else { throw Errno.last }
        raw = result
    }

    deinit {
        close(raw)
    }
}

extension Errno {
    /// The error of the system call just made.
    static var last: Errno { Errno(rawValue: errno) }
}

/// A bell between threads that an epoll loop can hear too.
///
/// A pipe, because Swift's Glibc module has no eventfd(2) and two descriptors cost less than a C target.
struct Bell: ~Copyable {
    private let reading: Descriptor
    private let writing: Descriptor

    init() throws(Errno) {
        let ends = try FileDescriptor.pipe(options: [.closeOnExec, .nonBlocking])
        reading = Descriptor(owning: ends.readEnd.rawValue)
        writing = Descriptor(owning: ends.writeEnd.rawValue)
    }

    /// What becomes readable when it rings.
    var raw: CInt { reading.raw }

    /// Makes the descriptor readable.
    func ring() {
        var one: UInt8 = 1
        // Fails only when the pipe is full, and then it is readable anyway.
        _ = write(writing.raw, &one, 1)
    }

    /// Makes it silent again.
    func silence() {
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
            while read(raw, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }

    /// Waits until it has rung. False when the time was up first.
    func wait(until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            var request = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
            let result = poll(&request, 1, left.roundedUpMilliseconds)
            if result > 0 { return true }
            if result == 0 && left <= .zero { return false }
        }
    }
}

extension Duration {
    /// For poll(2): never negative, and never short of what is meant.
    var roundedUpMilliseconds: CInt {
        let (seconds, attoseconds) = components
        guard self > .zero else { return 0 }
        guard seconds < 2_000_000 else { return .max }
        return CInt(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
