import RuleText

/// The reading of what nft and iptables-save print.
enum ListingFuzz: FuzzTarget {
    static let isText = true

    static func take(_ bytes: RawSpan) throws -> Bool {
        let text = bytes.array
        // A byte that is no UTF-8 becomes three.
        let most = 3 * text.count
        let listing = NFTListing(text)
        var size = 0
        for table in listing.tables {
            let handles = Set(table.order.values.joined())
            try demand(handles.isSuperset(of: table.rules.keys), "a rule that has a text has a place")
            size += table.rules.values.reduce(table.title.utf8.count) { $0 + $1.utf8.count }
        }
        try demand(size <= most, "no text of nft's is made up")
        let saved = SaveListing(text)
        try demand(
            saved.chains.values.joined().reduce(0) { $0 + $1.utf8.count } <= most, "no text of iptables' is made up")
        for (chain, rules) in saved.chains {
            let before = rules.indices.map { UInt64($0) }
            try demand(aligned(rules, before: before, after: before + [77]).count == rules.count, "rules of \(chain)")
        }
        return !listing.tables.isEmpty || !saved.chains.isEmpty
    }
}
