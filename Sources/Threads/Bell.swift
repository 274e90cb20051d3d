internal import Glibc
package import SystemPackage

/// A bell between threads that an epoll loop can hear too.
///
/// A pipe, because Swift's Glibc module has no eventfd(2) and two descriptors cost less than a C target.
package struct Bell: ~Copyable {
    private let reading: Descriptor
    private let writing: Descriptor

    package init() throws(Errno) {
        let ends = try FileDescriptor.pipe(options: [.closeOnExec, .nonBlocking])
        reading = Descriptor(owning: ends.readEnd.rawValue)
        writing = Descriptor(owning: ends.writeEnd.rawValue)
    }

    /// What becomes readable when it rings.
    package var raw: CInt { reading.raw }

    /// Makes the descriptor readable.
    package func ring() {
        var one: UInt8 = 1
        // Fails only when the pipe is full, and then it is readable anyway.
        _ = write(writing.raw, &one, 1)
    }

    /// Makes it silent again.
    package func silence() {
        withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { buffer in
            while read(raw, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }

    /// Waits until it has rung. False when the time was up first.
    package func wait(until deadline: ContinuousClock.Instant) -> Bool {
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
