package import Netlink

/// What a request asked for, whatever came of it: for attempts that failed.
package func operations(askedBy request: NFNetlinkRequest) -> [Operation] {
    var operations: [Operation] = []
    var places: [Operation: Int] = [:]
    for message in request.messages {
        guard var operation = Operation(asked: message) else { continue }
        let count = operation.count
        operation.count = nil
        // Many alike are told once, with their number.
        if let place = places[operation] {
            operations[place].count = (operations[place].count ?? 0) + (count ?? 1)
        } else {
            places[operation] = operations.count
            operation.count = count ?? (operation.kind.concernsRules ? 1 : nil)
            operations.append(operation)
        }
    }
    return operations
}

extension Operation.Kind {
    fileprivate var concernsRules: Bool { self == .addRule || self == .deleteRule || self == .replaceRule }
}

extension Operation {
    fileprivate init?(asked message: NFNetlinkRequest.RequestMessage) {
        switch message.body {
        case .nftables(let body): self.init(asked: body, replaces: message.flags.contains(.replace))
        case .ipset(let command): self.init(asked: command)
        case .other: return nil
        }
    }

    private init?(asked message: NFTMessage, replaces: Bool) {
        switch message {
        case .newTable(let table): self.init(.addTable, family: table.family.name, table: table.name)
        case .deleteTable(let table, _):
            let isAll = table.name == nil && table.handle == nil && table.family == .unspecified
            self.init(isAll ? .flushRuleset : .deleteTable, family: isAll ? nil : table.family.name, table: table.name)
        case .newChain(let chain):
            self.init(.addChain, family: chain.family.name, table: chain.table, chain: chain.name)
        case .deleteChain(let chain, _):
            self.init(.deleteChain, family: chain.family.name, table: chain.table, chain: chain.name)
        case .newRule(let rule):
            self.init(
                replaces ? .replaceRule : .addRule, family: rule.family.name, table: rule.table, chain: rule.chain)
        case .deleteRule(let rule, _):
            self.init(
                rule.handle != nil || rule.id != nil ? .deleteRule : rule.chain == nil ? .flushTable : .flushChain,
                family: rule.family.name, table: rule.table, chain: rule.chain, handle: rule.handle)
        case .newSet(let set): self.init(.addSet, family: set.family.name, table: set.table, set: set.name)
        case .deleteSet(let set, _): self.init(.deleteSet, family: set.family.name, table: set.table, set: set.name)
        case .newElements(let elements):
            self.init(
                .addElements, family: elements.family.name, table: elements.table, set: elements.set,
                count: elements.count)
        case .deleteElements(let elements, _):
            self.init(
                elements.elements.isEmpty ? .flushSet : .deleteElements, family: elements.family.name,
                table: elements.table, set: elements.set, count: elements.elements.isEmpty ? nil : elements.count)
        case .newObject(let object), .deleteObject(let object, _):
            self.init(.other, family: object.family.name, table: object.table, detail: "object \(object.name ?? "")")
        case .newFlowtable(let flowtable), .deleteFlowtable(let flowtable, _):
            self.init(
                .other, family: flowtable.family.name, table: flowtable.table,
                detail: "flowtable \(flowtable.name ?? "")"
            )
        case .newGeneration, .other: return nil
        }
    }

    private init?(asked command: IPSetRequest) {
        switch command.command {
        case .create: self.init(.addSet, set: command.setName, detail: command.typeName)
        case .destroy: self.init(.deleteSet, set: command.setName)
        case .flush: self.init(.flushSet, set: command.setName)
        case .swap: self.init(.swapSet, set: command.setName, detail: command.setName2.map { "with \($0)" })
        case .rename: self.init(.other, set: command.setName, detail: command.setName2.map { "renamed to \($0)" })
        case .add: self.init(.addElements, set: command.setName, count: command.elementCount)
        case .delete: self.init(.deleteElements, set: command.setName, count: command.elementCount)
        default: return nil
        }
    }
}
