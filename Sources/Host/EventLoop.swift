internal import CLinux
internal import Glibc
package import SystemPackage

/// Waits for descriptors, signals and a moment, on one thread.
package final class EventLoop {
    private let poll: CInt
    private let timer: CInt
    private let signals: CInt
    private var armed: UInt64?

    /// What happened.
    package struct Wake {
        package var readable: Set<CInt> = []
        package var signals: [CInt] = []
    }

    /// Takes over these signals from their default actions, for the whole process.
    package init(signals numbers: [CInt]) throws(Errno) {
        poll = try Self.check(epoll_create1(CInt(EPOLL_CLOEXEC)))
        timer = try Self.check(timerfd_create(CLOCK_BOOTTIME, CInt(TFD_CLOEXEC | TFD_NONBLOCK)))
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signals = try Self.check(signalfd(-1, &set, CInt(SFD_CLOEXEC | SFD_NONBLOCK)))
        try add(timer)
        try add(signals)
    }

    deinit {
        close(signals)
        close(timer)
        close(poll)
    }

    /// Reports when this descriptor is readable, or, with `edges`, each time something was added to it. It must stay
    /// open as long as the loop.
    package func add(_ descriptor: CInt, edges: Bool = false) throws(Errno) {
        let kinds = EPOLLIN.rawValue | (edges ? EPOLLET.rawValue : 0)
        var event = epoll_event(events: kinds, data: epoll_data_t(fd: descriptor))
        try Self.check(epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event))
    }

    /// Reports when this descriptor has urgent data, and not when it is readable, as files of /proc always are.
    package func add(urgent descriptor: CInt) throws(Errno) {
        var event = epoll_event(events: EPOLLPRI.rawValue, data: epoll_data_t(fd: descriptor))
        try Self.check(epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event))
    }

    /// Waits for something, until `deadline` at the latest (nanoseconds of CLOCK_BOOTTIME).
    package func wait(until deadline: UInt64) throws(Errno) -> Wake {
        arm(deadline)
        var events = [epoll_event](repeating: epoll_event(), count: 16)
        let count = epoll_wait(poll, &events, CInt(events.count), -1)
        guard count >= 0 else {
            if errno == EINTR { return Wake() }
            throw Errno(rawValue: errno)
        }
        var wake = Wake()
        for event in events[..<Int(count)] {
            switch event.data.fd {
            case timer:
                var expirations: UInt64 = 0
                _ = read(timer, &expirations, 8)
                armed = nil
            case signals: wake.signals += readSignals()
            default: wake.readable.insert(event.data.fd)
            }
        }
        return wake
    }

    private func arm(_ deadline: UInt64) {
        guard armed != deadline else { return }
        armed = deadline
        var time = itimerspec()
        time.it_value.tv_sec = Int(deadline / 1_000_000_000)
        // Zero would disarm it.
        time.it_value.tv_nsec = Int(max(deadline % 1_000_000_000, 1))
        timerfd_settime(timer, CInt(TFD_TIMER_ABSTIME), &time, nil)
    }

    private func readSignals() -> [CInt] {
        var info = signalfd_siginfo()
        var numbers: [CInt] = []
        while read(signals, &info, MemoryLayout<signalfd_siginfo>.size) == MemoryLayout<signalfd_siginfo>.size {
            numbers.append(CInt(info.ssi_signo))
        }
        return numbers
    }

    @discardableResult
    private static func check(_ result: CInt) throws(Errno) -> CInt {
        guard result >= 0 else { throw Errno(rawValue: errno) }
        return result
    }
}
