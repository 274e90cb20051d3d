package import Baseline
internal import CLinux
internal import Glibc
internal import Host
internal import Inventory
internal import JSON
internal import NetlinkIO
package import SystemPackage
internal import XTables

/// The firewall of one namespace as it stands now, read once, without a collector.
package enum LiveBaseline {
    /// Where the saved one lies, beside what the collector keeps.
    package static let fileName = "baseline.json"

    /// Reads the firewall of this process's namespace, or of one by name (`ip netns`) or path.
    package static func read(netns: String?, library: FilePath?) throws(CollectorError) -> Baseline {
        guard geteuid() == 0 else { throw .privileges(["CAP_NET_ADMIN (list the firewall)"]) }
        let path = netns.map { $0.contains("/") ? $0 : "/run/netns/\($0)" } ?? "/proc/self/ns/net"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, NamespaceFiles.isNamespace(path) else {
            throw .system("\(path) is no network namespace that can be opened")
        }
        defer { close(descriptor) }
        let reader = FirewallReader()
        let namespace = WatchedNamespace(
            inode: NamespaceFiles.inode(path) ?? 0, isHost: NamespaceFiles.inode(path) == NamespaceFiles.own, nsid: nil)
        do throws(NetlinkIOError) {
            _ = namespace.state.replace(nft: try reader.nftables(in: descriptor))
            _ = namespace.state.replace(ipsets: try reader.ipsets(in: descriptor))
            var tables = try reader.legacy(in: descriptor)
            if namespace.isHost { tables += try reader.bridge(in: descriptor, named: Set(EBTablesDump.standard)) }
            for table in tables {
                _ = namespace.state.replace(
                    legacy: FirewallState.LegacyID(family: table.family, name: table.name), with: table)
            }
        } catch { throw .system("the firewall could not be listed: \(error)") }
        let texts = RuleTexts(limit: .max, reader: reader, library: library?.string)
        texts.begin()
        texts.fill(namespace, in: descriptor)
        return Baseline(
            namespace.state, texts: namespace.texts,
            savedAt: Timestamp(since1970: Int64(clamping: Clock.realtime)).description,
            hostname: HostFacts.current().hostname)
    }
}
