/// Reads what `iptables-save`, `ip6tables-save`, `arptables-save` and `ebtables-save` print: the rules of each chain of a
/// table, in order.
package struct SaveListing: Sendable {
    /// By chain, `-A CHAIN` included.
    package private(set) var chains: [String: [String]] = [:]
    /// The tool said that it does not understand the table.
    package private(set) var isForeign = false

    package init(_ listing: [UInt8]) {
        for line in listing.split(separator: UInt8(ascii: "\n")) {
            switch line.first {
            case UInt8(ascii: ":"):
                let name = line.dropFirst().prefix { $0 != UInt8(ascii: " ") }
                let chain = String(decoding: name, as: UTF8.self)
                if chains[chain] == nil { chains[chain] = [] }
            case UInt8(ascii: "-"):
                guard line.starts(with: Array("-A ".utf8)) else { continue }
                let name = line.dropFirst(3).prefix { $0 != UInt8(ascii: " ") }
                // Before -A, with counters, stands what they count; they were not asked for.
                chains[String(decoding: name, as: UTF8.self), default: []].append(String(decoding: line, as: UTF8.self))
            case UInt8(ascii: "#"):
                let text = String(decoding: line, as: UTF8.self)
                if text.hasSuffix("use 'nft' tool.") { isForeign = true }
            default: continue
            }
        }
    }
}
