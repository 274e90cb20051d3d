/// Reads what `nft -a list …` prints: the text of each rule, by the rule's handle.
///
/// Handles are unique in a table, so nothing else need be understood. Names and comments are whatever somebody wrote, and
/// may look like rules: a handle that seems to be there twice is left out.
package struct NFTListing: Sendable {
    /// Of one table: family and name as they are printed.
    package struct Table: Sendable {
        /// As in the listing: `inet filter`.
        package var title: String
        package var rules: [UInt64: String] = [:]
        /// The handles of each chain in order.
        package var order: [String: [UInt64]] = [:]
    }

    package private(set) var tables: [Table] = []

    package init(_ listing: [UInt8]) {
        var seen: Set<UInt64> = []
        // The lines of a rule that is not finished: one that holds a chain has several.
        var open: [String] = []
        var isInChain = false
        var chain = ""
        var isBeforeRules = true
        for line in listing.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
            let text = String(decoding: line, as: UTF8.self)
            if line.starts(with: Array("table ".utf8)) {
                seen = []
                (open, isInChain) = ([], false)
                let head = Self.split(text)?.text ?? text
                let title = head.hasSuffix("{") ? head.dropLast() : head[...]
                tables.append(Table(title: String(title.dropFirst("table ".count)).trimmed))
                continue
            }
            guard !tables.isEmpty, line.first == UInt8(ascii: "\t") else { continue }
            let isDeep = line.dropFirst().first == UInt8(ascii: "\t")
            guard isDeep else {
                isInChain = line.dropFirst().starts(with: Array("chain ".utf8))
                let head = Self.split(text)?.text ?? text
                chain = head.trimmed.dropFirst("chain ".count).dropLast(head.hasSuffix(" {") ? 2 : 0).description
                if isInChain { tables[tables.count - 1].order[chain] = tables[tables.count - 1].order[chain] ?? [] }
                (open, isBeforeRules) = ([], true)
                continue
            }
            guard isInChain else { continue }
            let words = text.trimmed
            if isBeforeRules, open.isEmpty, Self.split(words) == nil,
                words.hasPrefix("type ") || words.hasPrefix("comment ")
            {
                continue
            }
            guard let (last, handle) = Self.split(words) else {
                open.append(words)
                continue
            }
            isBeforeRules = false
            let rule = (open + [last]).joined(separator: " ")
            open = []
            tables[tables.count - 1].order[chain, default: []].append(handle)
            if seen.insert(handle).inserted {
                tables[tables.count - 1].rules[handle] = rule
            } else {
                tables[tables.count - 1].rules[handle] = nil
            }
        }
    }

    /// Cuts ` # handle 7` from the end of a line.
    private static func split(_ line: String) -> (text: String, handle: UInt64)? {
        guard let range = line.lastRange(of: " # handle ") else { return nil }
        guard let handle = UInt64(line[range.upperBound...]) else { return nil }
        return (String(line[..<range.lowerBound]), handle)
    }
}

extension String {
    fileprivate var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }

    fileprivate func lastRange(of words: String) -> Range<Index>? {
        let wanted = Array(words.utf8)
        let all = utf8
        var end = all.endIndex
        while let start = all.index(end, offsetBy: -wanted.count, limitedBy: all.startIndex) {
            if all[start..<end].elementsEqual(wanted) { return start..<end }
            guard end > all.startIndex else { return nil }
            end = all.index(before: end)
        }
        return nil
    }
}
