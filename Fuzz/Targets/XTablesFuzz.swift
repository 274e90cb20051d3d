import XTables

/// The reading of legacy tables: the first byte chooses the family, a struct ipt_replace follows, or the entries of
/// ebtables.
enum XTablesFuzz: FuzzTarget {
    static func take(_ bytes: RawSpan) throws -> Bool {
        guard bytes.byteCount > 0 else { return false }
        let choice = bytes.unsafeLoad(as: UInt8.self)
        let count = bytes.byteCount
        let bytes = bytes.extracting(droppingFirst: 1)
        let family = XTFamily.xtables[Int(choice) % 3]
        let bridge = XTable.decode(ebtables: bytes, name: "t", validHooks: UInt32(choice))
        try demand(bridge.ruleCount * 112 + bridge.chains.count * 48 <= count, "no rule of ebtables is made up")
        guard let replace = XTReplace(bytes, family: family) else { return bridge.ruleCount > 0 }
        try demand(replace.table.ruleCount <= count, "no rule is made up")
        let entries = bytes.extracting(droppingFirst: family == .arp ? 80 : 96)
        _ = XTable.decode(entries: entries, family: family, name: "t", hooks: replace.hooks, origin: .kernel)
        return true
    }
}
