internal import Netlink

extension XTable {
    /// Reads the entries of a table.
    ///
    /// As libiptc does, a chain goes from its head (a hook's first entry, or an `ERROR` target with a name) to the next
    /// head; its last entry is the policy or the implicit return, the table's last is the end. Where a made-up table
    /// breaks that, each entry that libiptc would hide but the kernel would run is kept as a rule.
    public static func decode(
        entries: RawSpan, family: XTFamily, name: String, hooks: XTHooks, origin: XTOrigin = .user
    ) -> XTable {
        guard let layout = family.layout else { return XTable(family: family, name: name, isMalformed: true) }
        var parsed: [XTEntry] = []
        var offset = 0
        while offset < entries.byteCount,
            let entry = XTEntry(entries, at: offset, layout: layout, origin: origin)
        {
            parsed.append(entry)
            offset &+= entry.byteCount
        }
        var table = XTable(family: family, name: name, isMalformed: offset != entries.byteCount)

        let outline = XTOutline(parsed, hooks: hooks, hookNames: layout.hookNames)
        let reader = XTRuleReader(entries: parsed, outline: outline, layout: layout, origin: origin)
        for section in outline.sections {
            var chain = XTChain(name: section.name, isBuiltIn: section.hook != nil)
            chain.policy = section.policy.map { reader.policy(parsed[$0]) }
            chain.rules.reserveCapacity(section.rules.count)
            for index in section.rules {
                chain.rules.append(reader.rule(index, in: entries, isMalformed: &table.isMalformed))
            }
            table.chains.append(chain)
        }
        return table
    }
}
