internal import ConfigFiles
internal import JSON
package import Lineage
package import Records

/// Somebody wrote to a switch of netfilter below /proc/sys, which decides the firewall at once.
package struct SysctlReport {
    package var known: FirewallSwitch
    package var before: [UInt8]
    /// nil: more was written than is ever meant.
    package var after: [UInt8]?
    package var isWeaker: Bool
    package var netns: NetnsReport

    package init(_ write: Record.SysctlWrite, _ known: FirewallSwitch, isWeaker: Bool, netns: NetnsReport) {
        self.known = known
        before = write.before
        after = write.after
        self.isWeaker = isWeaker
        self.netns = netns
    }

    /// Why it matters; nil: it is good again.
    var reason: String? { isWeaker || known.weak == .neither ? known.reason : nil }
}

extension ConfigFileReport {
    /// A file of /proc/sys is one that decides the firewall, too: not later, but now.
    package init(_ live: SysctlReport, author: Process, time: UInt64) {
        self.init(
            ConfigChange(
                path: BytePath("/proc/sys/" + live.known.path), kind: .sysctl, operation: .written, source: .kernel,
                others: [], time: time), author: author, others: [], showsDifference: false)
        self.live = live
    }
}

extension JSONWriter {
    /// `wallwatch.sysctl` and `wallwatch.netns`.
    mutating func sysctl(_ report: SysctlReport, _ limits: Limits) {
        object("sysctl") { line in
            line.field("name", report.known.name)
            line.field("before", bytes: report.before.isEmpty ? nil : limits.cut(Self.trimmed(report.before)))
            line.field("after", bytes: report.after.map { limits.cut(Self.trimmed($0)) })
            line.field("weaker", report.isWeaker ? true : nil)
        }
        netns(report.netns)
    }

    /// Without the blanks around it.
    private static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
        let blanks: [UInt8] = [32, 9, 10, 11, 12, 13]
        guard let first = text.firstIndex(where: { !blanks.contains($0) }),
            let last = text.lastIndex(where: { !blanks.contains($0) })
        else { return [] }
        return text[first...last]
    }
}

extension EventSchema {
    static var sysctl: [SchemaField] {
        [
            SchemaField("name", .text(oneOf: FirewallSwitch.all.map(\.name)), required: true),
            SchemaField("before", .text(), "as it read"),
            SchemaField("after", .text(), "as it was written; absent if that was longer than any number"),
            SchemaField("weaker", .flag, "it leaves less of a firewall"),
        ]
    }
}
