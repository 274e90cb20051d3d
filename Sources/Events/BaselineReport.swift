package import Inventory
internal import JSON

/// How what stands differs from the documented state.
package struct BaselineReport: Hashable, Sendable {
    /// RFC 3339, as the file has it.
    package var savedAt: String
    package var differs: Bool
    /// Rules.
    package var missing: Int
    package var added: Int
    package var moved: Int
    package var effective: Count
    package var blocking: Count

    package init(
        savedAt: String, differs: Bool, missing: Int, added: Int, moved: Int, effective: Count, blocking: Count
    ) {
        self.savedAt = savedAt
        self.differs = differs
        self.missing = missing
        self.added = added
        self.moved = moved
        self.effective = effective
        self.blocking = blocking
    }
}

extension JSONWriter {
    mutating func baseline(_ report: BaselineReport?) {
        guard let report else { return }
        object("baseline") {
            $0.field("saved_at", report.savedAt)
            $0.field("differs", report.differs)
            $0.field("missing", report.missing)
            $0.field("added", report.added)
            $0.field("moved", report.moved)
            $0.figure("effective_rules", report.effective)
            $0.figure("blocking_rules", report.blocking)
        }
    }

    mutating func highWater(_ mark: (effectiveRules: Int, time: UInt64)?) {
        guard let mark else { return }
        object("high_water") {
            $0.field("effective_rules", mark.effectiveRules)
            $0.field("at", Timestamp(since1970: Int64(clamping: mark.time)))
        }
    }
}
