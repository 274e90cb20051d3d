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
    /// Of firewalls in user namespaces of somebody's own, which leave half the ring to the others.
    package var foreign: UInt64 = 0
    /// Whose record found no room last: most often he who filled the ring.
    package var last: Crowder?

    /// How often the hooks saw the collector itself: netlink, xtables, signal, sysctl.
    package var own: [UInt64] = [0, 0, 0, 0]

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
        let counts = try BPFMap.readPerCPU(map, key: 0, as: ww_losses.self)
        for count in counts {
            lineage += count.full.0
            firewall += count.full.1
            other += count.full.2
            refused += count.full.3
            foreign += count.full.4
            own[0] += count.own.0
            own[1] += count.own.1
            own[2] += count.own.2
            own[3] += count.own.3
            unread += count.unread.0 + count.unread.1 + count.unread.2 + count.unread.3 + count.unread.4
        }
        // The last quarter of the ring is for firewall records: who filled that one knows best.
        let crowders = counts.map { firewall > 0 ? $0.last.1 : other > 0 ? $0.last.2 : $0.last.0 }
        guard let newest = crowders.max(by: { $0.time < $1.time }), newest.time > 0 else { return }
        last = Crowder(
            process: ProcessID(newest.process), user: newest.process.uid, comm: ShortName(copying: newest.comm),
            time: newest.time)
    }
}
