package import Lineage

/// A service began or ended.
package struct ServiceEvent {
    package var kind: ServiceKind
    package var isStart: Bool
    /// The daemon, or what did the work.
    package var process: Process
    /// How the daemon ended, as wait(2) has it.
    package var status: Int32?
    /// The signal that ended it, or after which it ended, and who sent it.
    package var signal: Signal?
    /// When, in nanoseconds of CLOCK_BOOTTIME.
    package var time: UInt64

    package struct Signal {
        package var number: Int32
        package var sender: Process
        package var time: UInt64
    }

    /// Who did it: who sent the signal; the daemon itself where nobody is known to have; what did the work.
    package var author: Process { signal?.sender ?? process }
}
