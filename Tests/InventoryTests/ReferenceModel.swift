import Inventory
import Netlink
import TestSupport

/// A ruleset kept as flat lists, counted by looking at each entry: slow, and too simple to be wrong.
struct ReferenceModel {
    struct Place: Hashable {
        var table: TableID
        var name: String
    }

    var tables: [TableID] = []
    var chains: [Place] = []
    var sets: [Place] = []
    var rules: [(chain: Place, handle: UInt64)] = []
    var elements: [(set: Place, key: UInt64)] = []
    private var nextHandle: UInt64 = 1

    /// A few steps of one transaction, as notifications tell them.
    mutating func transaction(_ random: inout SplitMix) -> [NFTMessage] {
        (0..<Int.random(in: 1...8, using: &random)).flatMap { _ in step(&random) }
    }

    private mutating func step(_ random: inout SplitMix) -> [NFTMessage] {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: addTable(&random)
        case 1 where Bool.random(using: &random): deleteTable(&random)
        case 2, 3: addChain(&random)
        case 4: deleteChain(&random)
        case 5: addSet(&random)
        case 6: deleteSet(&random)
        case 7...9: addElements(&random)
        case 10, 11: deleteElements(&random)
        case 12...14: deleteRule(&random)
        case 15: flushChain(&random)
        default: addRule(&random)
        }
    }

    private mutating func addTable(_ random: inout SplitMix) -> [NFTMessage] {
        let families: [NFTFamily] = [.inet, .ipv4, .ipv6]
        let id = TableID(
            family: families.randomElement(using: &random) ?? .inet, name: "t\(Int.random(in: 0...2, using: &random))")
        // A table that is there is told again, perhaps with other flags.
        if !tables.contains(id) { tables.append(id) }
        return [Notice.table(id, flags: Bool.random(using: &random) ? .dormant : [])]
    }

    private mutating func deleteTable(_ random: inout SplitMix) -> [NFTMessage] {
        guard let id = tables.randomElement(using: &random) else { return [] }
        // The kernel names each object below a table that goes, a table's owner that dies names none.
        var notices: [NFTMessage] = []
        if Bool.random(using: &random) {
            notices += rules.filter { $0.chain.table == id }.map { Notice.noRule($0.handle, $0.chain.name, id) }
            notices += sets.filter { $0.table == id }.map { Notice.noSet($0.name, id) }
            notices += chains.filter { $0.table == id }.map { Notice.noChain($0.name, id) }
        }
        tables.removeAll { $0 == id }
        chains.removeAll { $0.table == id }
        sets.removeAll { $0.table == id }
        rules.removeAll { $0.chain.table == id }
        elements.removeAll { $0.set.table == id }
        return notices + [Notice.noTable(id)]
    }

    private mutating func addChain(_ random: inout SplitMix) -> [NFTMessage] {
        guard let id = tables.randomElement(using: &random) else { return [] }
        let place = Place(table: id, name: "c\(Int.random(in: 0...3, using: &random))")
        if !chains.contains(place) { chains.append(place) }
        return [Notice.chain(place.name, id, hook: 1, policy: Bool.random(using: &random) ? .accept : .drop)]
    }

    private mutating func deleteChain(_ random: inout SplitMix) -> [NFTMessage] {
        guard let place = chains.randomElement(using: &random) else { return [] }
        // Only an empty chain can be deleted: its rules go first.
        let gone = rules.filter { $0.chain == place }.map { Notice.noRule($0.handle, place.name, place.table) }
        rules.removeAll { $0.chain == place }
        chains.removeAll { $0 == place }
        return gone + [Notice.noChain(place.name, place.table)]
    }

    private mutating func addSet(_ random: inout SplitMix) -> [NFTMessage] {
        guard let id = tables.randomElement(using: &random) else { return [] }
        let place = Place(table: id, name: "s\(Int.random(in: 0...2, using: &random))")
        if !sets.contains(place) { sets.append(place) }
        return [Notice.set(place.name, id)]
    }

    private mutating func deleteSet(_ random: inout SplitMix) -> [NFTMessage] {
        guard let place = sets.randomElement(using: &random) else { return [] }
        sets.removeAll { $0 == place }
        elements.removeAll { $0.set == place }
        return [Notice.noSet(place.name, place.table)]
    }

    private func keys(_ random: inout SplitMix) -> [UInt64] {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in UInt64.random(in: 0...9, using: &random) }
    }

    private mutating func addElements(_ random: inout SplitMix) -> [NFTMessage] {
        guard let place = sets.randomElement(using: &random) else { return [] }
        let keys = keys(&random)
        for key in keys where !elements.contains(where: { $0.set == place && $0.key == key }) {
            elements.append((place, key))
        }
        return [Notice.elements(keys, place.name, place.table), Notice.intervalEnd(77, place.name, place.table)]
    }

    private mutating func deleteElements(_ random: inout SplitMix) -> [NFTMessage] {
        guard let place = sets.randomElement(using: &random) else { return [] }
        let keys = keys(&random)
        elements.removeAll { $0.set == place && keys.contains($0.key) }
        return [Notice.noElements(keys, place.name, place.table)]
    }

    private mutating func addRule(_ random: inout SplitMix) -> [NFTMessage] {
        guard let place = chains.randomElement(using: &random) else { return [] }
        nextHandle += 1
        rules.append((place, nextHandle))
        return [Notice.rule(nextHandle, place.name, place.table)]
    }

    private mutating func deleteRule(_ random: inout SplitMix) -> [NFTMessage] {
        guard let index = rules.indices.randomElement(using: &random) else { return [] }
        let (place, handle) = rules.remove(at: index)
        return [Notice.noRule(handle, place.name, place.table)]
    }

    private mutating func flushChain(_ random: inout SplitMix) -> [NFTMessage] {
        guard let place = chains.randomElement(using: &random) else { return [] }
        let gone = rules.filter { $0.chain == place }.map { Notice.noRule($0.handle, place.name, place.table) }
        rules.removeAll { $0.chain == place }
        return gone
    }
}
