package import Netlink

/// The ipsets of a namespace: their types and how many elements each holds.
package struct IPSets: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package var type: String
        package var elements: Int
        /// Elements may go by themselves.
        package var isVolatile = false
        /// By which rules refer to it; nil where the kernel does not tell.
        package var index: UInt16?

        package init(type: String, elements: Int, isVolatile: Bool = false, index: UInt16? = nil) {
            self.isVolatile = isVolatile
            self.index = index
            self.type = type
            self.elements = elements
        }
    }

    package var sets: [String: Entry] = [:]

    package init() {}

    package init(_ headers: [IPSetHeader]) {
        for header in headers {
            sets[header.name] = Entry(
                type: header.typeName, elements: Int(header.elements ?? 0), isVolatile: header.hasTimeout,
                index: header.index)
        }
    }

    package var elementCount: Int { sets.values.reduce(0) { $0 + $1.elements } }

    /// What was done, from what was asked for and what is there now.
    ///
    /// The kernel tells nobody of ipset changes: the request says what was meant, the list what came of it.
    /// `succeeded`: the kernel answered with no error, so a swap of two alike sets was one.
    func operations(
        to after: IPSets, requests: [IPSetRequest], succeeded: Bool, isAudit: Bool = false
    ) -> [Operation] {
        var before = sets
        var operations: [Operation] = []
        for request in requests where succeeded {
            guard let name = request.setName, let other = request.setName2 else { continue }
            if request.command == .swap, let one = before[name], let two = before[other] {
                before[name] = two
                before[other] = one
                operations.append(Operation(.swapSet, set: name, count: two.elements, detail: "with \(other)"))
            } else if request.command == .rename, let one = before.removeValue(forKey: name) {
                before[other] = one
                operations.append(Operation(.other, set: name, detail: "renamed to \(other)"))
            }
        }
        let flushed = Set(requests.filter { $0.command == .flush }.map(\.setName))
        for name in Set(before.keys).union(after.sets.keys).sorted() {
            // What time took is no difference.
            if isAudit, after.sets[name]?.isVolatile == true, before[name] != nil { continue }
            switch (before[name], after.sets[name]) {
            case (let old?, nil):
                operations.append(Operation(.deleteSet, set: name, count: old.elements))
            case (nil, let new?):
                operations.append(Operation(.addSet, set: name, detail: new.type))
                if new.elements > 0 { operations.append(Operation(.addElements, set: name, count: new.elements)) }
            case (let old?, let new?) where new.elements > old.elements:
                operations.append(Operation(.addElements, set: name, count: new.elements - old.elements))
            case (let old?, let new?) where new.elements < old.elements:
                let isFlush = new.elements == 0 && (flushed.contains(name) || flushed.contains(nil))
                operations.append(
                    Operation(isFlush ? .flushSet : .deleteElements, set: name, count: old.elements - new.elements))
            default: break
            }
        }
        return operations
    }
}
