package import RuleText

/// A rule that came, went, or was replaced: known by its handle or, in a legacy table, by its hash.
package struct RuleMove: Hashable, Sendable {
    /// nil: it came.
    package var before: UInt64?
    /// nil: it went.
    package var after: UInt64?

    package init(before: UInt64? = nil, after: UInt64? = nil) {
        self.before = before
        self.after = after
    }
}

/// What the rule of a move says.
package struct RuleLine: Hashable, Sendable {
    /// nftables' handle; of one that was replaced the new one.
    package var handle: UInt64?
    package var before: RuleText?
    package var after: RuleText?

    package init(handle: UInt64? = nil, before: RuleText? = nil, after: RuleText? = nil) {
        self.handle = handle
        self.before = before
        self.after = after
    }
}

/// What goes with a value and does not make it another.
package struct Aside<Value: Sendable>: Hashable, Sendable {
    package var value: Value

    package init(_ value: Value) { self.value = value }

    package static func == (_: Aside, _: Aside) -> Bool { true }

    package func hash(into _: inout Hasher) {}
}
