internal import CLinux
internal import Glibc

/// The clocks of this machine.
package enum Clock {
    /// Nanoseconds since boot, suspension included: the kernel half's clock.
    package static var boottime: UInt64 { nanoseconds(CLOCK_BOOTTIME) }

    /// Nanoseconds since 1970.
    package static var realtime: UInt64 { nanoseconds(CLOCK_REALTIME) }

    /// What to add to ``boottime`` to get ``realtime``. It changes when the clock is set.
    package static var realtimeOffset: Int64 { Int64(bitPattern: realtime &- boottime) }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
