/// What the rules of a namespace say, of those that stand: also when one is gone it is still to be told.
package struct RuleShadow: Sendable {
    /// Everything that stood was listed.
    package var isFilled = false
    /// By table (family and name) and handle.
    private var nft: [String: [UInt64: RuleText]] = [:]
    /// By table (family and name) and hash of the rule.
    private var legacy: [String: [UInt64: RuleText]] = [:]

    package init() {}

    /// How many rules it knows.
    package var count: Int { nft.values.reduce(0) { $0 + $1.count } + legacy.values.reduce(0) { $0 + $1.count } }

    package func text(_ table: String, handle: UInt64) -> RuleText? { nft[table]?[handle] }
    package func text(_ table: String, hash: UInt64) -> RuleText? { legacy[table]?[hash] }

    package mutating func put(_ text: RuleText, _ table: String, handle: UInt64) {
        nft[table, default: [:]][handle] = text
    }

    package mutating func put(_ text: RuleText, _ table: String, hash: UInt64) {
        legacy[table, default: [:]][hash] = text
    }

    package mutating func remove(_ table: String, handle: UInt64) { nft[table]?[handle] = nil }

    /// Forgets the rules of a table.
    package mutating func remove(_ table: String) { nft[table] = nil }

    /// Rules of a legacy table that stand no more.
    package mutating func keep(_ hashes: Set<UInt64>, inLegacy table: String) {
        legacy[table] = hashes.isEmpty ? nil : legacy[table]?.filter { hashes.contains($0.key) }
    }
}
