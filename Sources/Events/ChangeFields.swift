internal import Inventory
internal import JSON

extension JSONWriter {
    mutating func figure(_ key: String, _ count: Count) {
        object(key) {
            $0.field("before", count.before)
            $0.field("after", count.after)
            $0.field("delta", count.delta)
        }
    }

    mutating func netns(_ netns: NetnsReport) {
        object("netns") {
            $0.field("id", id: netns.id)
            $0.field("is_host", netns.isHost)
            $0.field("user_owned", netns.isUserOwned ? true : nil)
        }
    }

    mutating func operations(_ operations: some Collection<Operation>) {
        array("operations") { line in
            for operation in operations { line.element { $0.write(operation) } }
        }
    }

    private mutating func write(_ operation: Operation) {
        field("op", operation.kind.rawValue)
        field("family", operation.family)
        field("table", operation.table)
        field("chain", operation.chain)
        field("set", operation.set)
        field("handle", id: operation.handle)
        field("count", operation.count)
        object("policy") {
            $0.field("before", operation.policy?.before)
            $0.field("after", operation.policy?.after)
        }
        field("detail", operation.detail)
    }

    /// The policies that changed, in a list of their own: what an analyst asks first.
    mutating func policies(_ operations: [Operation]) {
        array("policies") { line in
            for operation in operations where operation.kind == .policy {
                line.element {
                    $0.field("family", operation.family)
                    $0.field("table", operation.table)
                    $0.field("chain", operation.chain)
                    $0.field("before", operation.policy?.before)
                    $0.field("after", operation.policy?.after)
                }
            }
        }
    }
}
