import Inventory
import Netlink

let filter = TableID(family: .inet, name: "filter")
let nat = TableID(family: .ipv4, name: "nat")

/// Notifications as the kernel sends them after a commit.
enum Notice {
    static func table(_ id: TableID = filter, flags: NFTTableFlags = []) -> NFTMessage {
        var table = NFTTable(family: id.family, name: id.name)
        table.flags = flags
        return .newTable(table)
    }

    static func noTable(_ id: TableID = filter) -> NFTMessage {
        .deleteTable(NFTTable(family: id.family, name: id.name), destroy: false)
    }

    static func chain(
        _ name: String, _ id: TableID = filter, handle: UInt64? = nil, hook: UInt32? = nil, policy: NFTPolicy? = nil
    ) -> NFTMessage {
        var chain = NFTChain(family: id.family, table: id.name, name: name)
        chain.handle = handle
        chain.hook = hook.map { NFTHook(number: $0, priority: 0) }
        chain.policy = policy
        return .newChain(chain)
    }

    static func noChain(_ name: String, _ id: TableID = filter) -> NFTMessage {
        .deleteChain(NFTChain(family: id.family, table: id.name, name: name), destroy: false)
    }

    /// A rule added at the end of its chain, or behind another.
    static func rule(
        _ handle: UInt64, _ chain: String, _ id: TableID = filter, after position: UInt64? = nil,
        isAppended: Bool? = true, does expressions: [NFTExpression] = []
    ) -> NFTMessage {
        var rule = NFTRule(family: id.family, table: id.name, chain: chain, handle: handle)
        rule.position = position
        rule.isAppended = isAppended
        rule.expressions = expressions
        return .newRule(rule)
    }

    static func noRule(_ handle: UInt64, _ chain: String, _ id: TableID = filter) -> NFTMessage {
        .deleteRule(NFTRule(family: id.family, table: id.name, chain: chain, handle: handle), destroy: false)
    }

    static func set(_ name: String, _ id: TableID = filter, flags: NFTSetFlags = []) -> NFTMessage {
        var set = NFTSet(family: id.family, table: id.name, name: name)
        set.flags = flags
        return .newSet(set)
    }

    static func noSet(_ name: String, _ id: TableID = filter) -> NFTMessage {
        .deleteSet(NFTSet(family: id.family, table: id.name, name: name), destroy: false)
    }

    static func elements(_ keys: [UInt64], _ set: String, _ id: TableID = filter) -> NFTMessage {
        .newElements(
            NFTElements(family: id.family, table: id.name, set: set, elements: keys.map { NFTElement(keyHash: $0) }))
    }

    static func noElements(_ keys: [UInt64], _ set: String, _ id: TableID = filter) -> NFTMessage {
        .deleteElements(
            NFTElements(family: id.family, table: id.name, set: set, elements: keys.map { NFTElement(keyHash: $0) }),
            destroy: false)
    }

    /// The end of one interval: an element that no user sees.
    static func intervalEnd(_ key: UInt64, _ set: String, _ id: TableID = filter) -> NFTMessage {
        .newElements(
            NFTElements(
                family: id.family, table: id.name, set: set,
                elements: [NFTElement(keyHash: key, flags: .intervalEnd)]))
    }
}

extension FirewallState {
    /// What stands after these commits.
    init(_ commits: [NFTMessage]...) {
        self.init()
        for notices in commits { _ = commit(notices, intent: nil) }
    }
}

extension Operation {
    /// Its parts on one line: `delete-rule input 2`.
    var brief: String {
        [
            kind.rawValue, chain ?? set ?? table, count.map(String.init), handle.map { "#\($0)" },
            policy.map { "\($0.before ?? "-")>\($0.after ?? "-")" }, detail.map { "(\($0))" },
        ].compactMap { $0 }.joined(separator: " ")
    }
}

extension Change {
    var brief: [String] { operations.map(\.brief) }
}
