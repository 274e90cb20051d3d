package import ConfigFiles

/// What of a file's change leaves the host with less of a firewall after the next boot or reload.
package struct ConfigWeakness: Hashable, Sendable, Codable {
    /// For people.
    package var text: String
    /// The firewall, or a whole part of it, will not be there.
    package var isSwitchedOff: Bool

    private init(_ text: String, off: Bool = false) {
        self.text = text
        isSwitchedOff = off
    }

    /// nil: nothing that is known to weaken.
    package init?(_ change: ConfigChange) {
        let found = Self.finders.lazy.compactMap { $0(change) }.first
        guard let found else { return nil }
        self = found
    }

    private static let finders: [@Sendable (ConfigChange) -> ConfigWeakness?] = [
        removed, movedAway, masked, emptied, switches, policies, sysctls, modules, rules,
    ]

    @Sendable private static func removed(_ change: ConfigChange) -> ConfigWeakness? {
        guard change.operation == .removed else { return nil }
        switch change.kind {
        case .unit:
            let isLink = change.before?.kind == .symlink
            // A mask or a drop-in that goes weakens nothing that is known.
            guard change.before?.target.map({ !$0.elementsEqual("/dev/null".utf8) }) ?? false, isLink else {
                return nil
            }
            return ConfigWeakness("the link that starts it at boot is gone", off: true)
        case .nftables, .iptables, .ufw: return ConfigWeakness("it was removed", off: true)
        case .wallwatch: return ConfigWeakness("it was removed")
        case .firewalld, .sysctl, .modules, .other: return nil
        }
    }

    /// Under another name nobody reads it. (One that gets its own name again was named `NAME.something` before.)
    @Sendable private static func movedAway(_ change: ConfigChange) -> ConfigWeakness? {
        guard change.operation == .moved, let from = change.movedFrom, !from.bytes.starts(with: change.path.bytes),
            [.nftables, .iptables, .ufw].contains(change.kind)
        else { return nil }
        return ConfigWeakness("it was moved away, from \(from.text)", off: true)
    }

    @Sendable private static func masked(_ change: ConfigChange) -> ConfigWeakness? {
        guard change.kind == .unit, let target = change.after?.target, target.elementsEqual("/dev/null".utf8),
            change.before?.target != change.after?.target
        else { return nil }
        return ConfigWeakness("the unit is masked", off: true)
    }

    @Sendable private static func emptied(_ change: ConfigChange) -> ConfigWeakness? {
        guard [.nftables, .iptables, .ufw].contains(change.kind), change.operation == .written,
            let before = change.before, let after = change.after, before.size > 0, after.size == 0
        else { return nil }
        return ConfigWeakness("it was emptied", off: true)
    }

    /// Settings of ufw that say whether there is a firewall and what it tells.
    @Sendable private static func switches(_ change: ConfigChange) -> ConfigWeakness? {
        guard change.kind == .ufw, let before = settings(change.before), let after = settings(change.after) else {
            return nil
        }
        if before["ENABLED"] == "yes", after["ENABLED"] != "yes" { return ConfigWeakness("ufw is off", off: true) }
        if let old = before["LOGLEVEL"], old != "off", after["LOGLEVEL"] == "off" {
            return ConfigWeakness("ufw logs no more")
        }
        return nil
    }

    @Sendable private static func policies(_ change: ConfigChange) -> ConfigWeakness? {
        guard change.kind == .ufw, let before = settings(change.before), let after = settings(change.after) else {
            return nil
        }
        for key in before.keys.sorted() where key.hasPrefix("DEFAULT_") && key.hasSuffix("_POLICY") {
            guard before[key] != "ACCEPT", after[key] == "ACCEPT" else { continue }
            return ConfigWeakness("\(key) is ACCEPT", off: true)
        }
        return nil
    }

    @Sendable private static func sysctls(_ change: ConfigChange) -> ConfigWeakness? {
        guard change.kind == .sysctl, let after = settings(change.after) else { return nil }
        let before = settings(change.before) ?? [:]
        for key in after.keys.sorted() where key.replacing("/", with: ".").contains("bridge-nf-call") {
            guard after[key] == "0", before[key] != "0" else { continue }
            return ConfigWeakness("\(key) is 0: what is bridged is not filtered", off: true)
        }
        return nil
    }

    @Sendable private static func modules(_ change: ConfigChange) -> ConfigWeakness? {
        guard change.kind == .modules, let after = change.after?.text else { return nil }
        let before = Set(lines(change.before?.text ?? ""))
        let isKept = lines(after).contains { line in
            guard !before.contains(line), line.hasPrefix("blacklist ") || line.hasPrefix("install ") else {
                return false
            }
            return ["nf_", "nft_", "nfnetlink", "ip_tables", "ip6_tables", "iptable_", "x_tables", "xt_", "ip_set"]
                .contains { line.contains(" \($0)") }
        }
        return isKept ? ConfigWeakness("a module of netfilter is kept from being loaded", off: true) : nil
    }

    /// Rules that block are fewer.
    @Sendable private static func rules(_ change: ConfigChange) -> ConfigWeakness? {
        guard [.nftables, .iptables, .ufw, .firewalld].contains(change.kind), let before = change.before?.text,
            let after = change.after?.text
        else { return nil }
        let old = lines(before).count { blocks($0) }
        let new = lines(after).count { blocks($0) }
        guard old - new >= 2, 10 * (old - new) >= 3 * old else { return nil }
        return ConfigWeakness("lines that block: \(old) to \(new)", off: 2 * new < old)
    }

    private static func blocks(_ line: Substring) -> Bool {
        line.split { !$0.isLetter }.contains { ["drop", "reject", "deny"].contains($0.lowercased()) }
    }

    /// Without comments.
    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "\t" } }.filter {
            $0.first.map { $0 != "#" && $0 != ";" } ?? false
        }
    }

    /// `KEY=value`, as a shell reads it.
    private static func settings(_ file: FileFacts?) -> [String: String]? {
        guard let text = file?.text else { return nil }
        var found: [String: String] = [:]
        for line in lines(text) {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let key = parts[0].filter { $0 != " " && $0 != "\t" }
            found[key] = parts[1].filter { !" \t\"'".contains($0) }
        }
        return found
    }
}
