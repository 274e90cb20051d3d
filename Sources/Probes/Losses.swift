internal import BPF
internal import CProbes
package import Records

/// Records that found no room in the ring, by family, and memory that could not be read.
package struct Losses: Hashable, Sendable {
    package var lineage: UInt64 = 0
    package var firewall: UInt64 = 0
    package var other: UInt64 = 0
    /// Attempts of those who may not change what they tried to, beyond the few that are told.
    package var refused: UInt64 = 0
    package var unread: UInt64 = 0
    /// Whose record found no room last: most often he who filled the ring.
    package var last: Crowder?

    package init() {}

    package struct Crowder: Hashable, Sendable {
        package var process: ProcessID
        package var user: UInt32
        package var comm: ShortName
        /// In nanoseconds of CLOCK_BOOTTIME.
        package var time: UInt64
    }
}

extension Losses {
    /// Sums up what each CPU has counted.
    init(readFrom map: CInt) throws(BPFError) {
        self.init()
        for count in try BPFMap.readPerCPU(map, key: 0, as: ww_losses.self) {
            lineage += count.full.0
            firewall += count.full.1
            other += count.full.2
            refused += count.full.3
            unread += count.unread.0 + count.unread.1 + count.unread.2 + count.unread.3
            for crowder in [count.last.0, count.last.1, count.last.2, count.last.3] where crowder.time > last?.time ?? 0
            {
                last = Crowder(
                    process: ProcessID(crowder.process), user: crowder.process.uid,
                    comm: ShortName(copying: crowder.comm), time: crowder.time)
            }
        }
    }
}
