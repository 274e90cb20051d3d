internal import Glibc
internal import Host
internal import Inventory
internal import Listing
internal import Netlink
internal import NetlinkIO
internal import Protection
internal import RuleText
internal import XTables

/// Finds out what rules say, in their tools' own words, as long as that costs little; otherwise in a summary's.
final class RuleTexts {
    /// Above this many rules in a namespace nobody is asked.
    private let limit: Int
    private let percent: Int
    private let lister: Lister
    private let reader: FirewallReader
    private var budget = TextBudget()
    /// What listing a rule took lately, in nanoseconds; and what a listing takes besides.
    private var costPerRule: UInt64 = 50_000
    private var costOfAsking: UInt64 = 2_000_000
    /// How old a change may be for its line to be kept waiting for words, in nanoseconds: others stand behind it.
    private var patience: UInt64 { max(20_000_000, 4 &* costOfAsking) }
    /// Of how many rules of one operation there are summaries, where words are not wanted.
    private static let fewRules = 8
    /// How long nothing must have changed before what was left out is made good, in nanoseconds.
    private static let quiet: UInt64 = 300_000_000
    private var lastChange: UInt64 = 0
    /// libnftables was found, at the start.
    private(set) var isAvailable = false
    /// Namespaces whose rules are not all known, to be listed when there is time.
    private(set) var unfilled: [WatchedNamespace] = []

    /// `percent`: the part of the time that may go into listing.
    init(limit: Int, percent: Int = 100, reader: FirewallReader, library: String?) {
        self.limit = limit
        self.percent = percent
        self.reader = reader
        lister = Lister(arguments: ["wallwatch", "list-rules"], library: library)
    }

    /// When what was left out can be made good, in nanoseconds of CLOCK_BOOTTIME.
    var deadline: UInt64? {
        unfilled.first.map { max(budget.ready(for: cost(of: $0.state.ruleCount)), lastChange &+ Self.quiet) }
    }

    private func isWanted(_ namespace: WatchedNamespace) -> Bool {
        limit > 0 && namespace.state.ruleCount <= limit
    }

    /// How long an answer is waited for, in milliseconds.
    private func patience(_ namespace: WatchedNamespace) -> CInt {
        CInt(clamping: 25 + (8 &* cost(of: namespace.state.ruleCount)) / 1_000_000)
    }

    /// The same of programs that save: one is started each time.
    private func savePatience(_ namespace: WatchedNamespace) -> CInt { 225 + 5 * patience(namespace) }

    private func cost(of rules: Int) -> UInt64 { costOfAsking &+ UInt64(rules) &* costPerRule }

    /// Whether anything can be listed, found out in the namespace of this process.
    func begin() {
        guard limit > 0, let own = NamespaceFiles.own, let descriptor = NamespaceFiles.open(own) else { return }
        defer { close(descriptor) }
        isAvailable = lister.isAnswering(in: descriptor)
        // Now that it runs: this is what asking takes on this machine. Who asks has nf_tables loaded.
        if isAvailable, reader.isLoaded(.nfTables) {
            let began = Clock.boottime
            _ = lister.list(.nftables(command: "list tables"), in: descriptor, within: 5000)
            costOfAsking = min(Clock.boottime &- began, 50_000_000)
        }
        budget = TextBudget(percent: percent, costOfAsking: costOfAsking)
    }

    /// Lists all that stands in a namespace. At the start it is not asked what that costs.
    func fill(_ namespace: WatchedNamespace, in descriptor: CInt) {
        namespace.texts.isFilled = true
        note(Set(namespace.state.legacy.keys), in: namespace)
        guard isWanted(namespace), namespace.state.ruleCount > 0 else { return }
        timed(namespace.state.ruleCount) {
            if namespace.state.nft.ruleCount > 0, let all = listing(["list ruleset"], namespace, descriptor) {
                for (id, table) in namespace.state.nft.tables where table.ruleCount > 0 {
                    take(words(of: id, in: all, namespace, descriptor), id, namespace, isAll: true)
                }
            }
            for table in namespace.state.legacy.values { listLegacy(table, namespace, descriptor) }
        }
    }

    /// Has a namespace listed anew when there is time: what stands in it was not learnt change by change.
    func forget(_ namespace: WatchedNamespace) {
        namespace.texts.isFilled = false
        if isWanted(namespace), !unfilled.contains(where: { $0 === namespace }) { unfilled.append(namespace) }
    }

    /// Makes good what was left out, a namespace at a time.
    func catchUp(at now: UInt64, open: (WatchedNamespace, (CInt) -> Void) -> Void) {
        guard let namespace = unfilled.first, now >= lastChange &+ Self.quiet,
            budget.allows(cost(of: namespace.state.ruleCount), at: now)
        else {
            return
        }
        unfilled.removeFirst()
        guard !namespace.isGone else { return }
        open(namespace) { fill(namespace, in: $0) }
    }

    // MARK: Changes

    /// How many rules of a change in somebody's own user namespace are told: nobody fills the log, or keeps the loop from
    /// the host, with what he does in a namespace of his own.
    private static let ownRules = 200

    /// A change whose rules are to be put into words.
    private struct Subject {
        var namespace: WatchedNamespace
        /// By handles; otherwise a legacy table's, by hashes.
        var isOfNFTables: Bool
        /// What the kernel told of each rule.
        var rules: [RuleKey: NFTRule]
    }

    /// The change with what its rules say. `notices`: what the kernel told of it; `later`: what it told since, for a
    /// listing may show more than the change. `since`: when it was heard.
    func worded(
        _ change: Change, isOfNFTables: Bool, in namespace: WatchedNamespace, notices: [NFTMessage] = [],
        since: UInt64? = nil, later: () -> [NFTMessage], open: (WatchedNamespace, (CInt) -> Void) -> Void
    ) -> Change {
        guard limit > 0, change.operations.contains(where: { !$0.moves.value.isEmpty }) else { return change }
        lastChange = Clock.boottime
        var change = change
        let subject = Subject(
            namespace: namespace, isOfNFTables: isOfNFTables,
            rules: Dictionary(notices.compactMap(\.movedRule), uniquingKeysWith: { first, _ in first }))
        // First those that went: one that takes a place may have the same handle.
        let isExcessive =
            namespace.isUserOwned && change.operations.reduce(0) { $0 + $1.moves.value.count } > Self.ownRules
        for index in change.operations.indices {
            let operation = change.operations[index]
            // Of so many only the first are told, as summaries.
            if isExcessive || !isWanted(namespace) {
                change.operations[index].moves.value = Array(operation.moves.value.prefix(Self.fewRules))
            }
            change.operations[index].lines.value = change.operations[index].moves.value.map { move in
                RuleLine(before: move.before.flatMap { text($0, operation.title, isGone: true, subject) })
            }
        }
        if look(at: change, subject, since: since, open), isOfNFTables { doubt(later(), namespace) }
        for index in change.operations.indices {
            let operation = change.operations[index]
            for (position, move) in operation.moves.value.enumerated() {
                if isOfNFTables { change.operations[index].lines.value[position].handle = move.after ?? move.before }
                guard let id = move.after else { continue }
                change.operations[index].lines.value[position].after = text(id, operation.title, isGone: false, subject)
            }
        }
        if isOfNFTables { for operation in change.operations { clean(operation, namespace) } }
        return change
    }

    /// Forgets the words of rules that came with the change and were replaced since, under the same handle.
    private func doubt(_ later: [NFTMessage], _ namespace: WatchedNamespace) {
        for message in later {
            guard let (key, _) = message.movedRule, !key.isGone else { continue }
            namespace.texts.remove(key.title, handle: key.handle)
        }
    }

    private func text(_ id: UInt64, _ title: String, isGone: Bool, _ subject: Subject) -> RuleText? {
        let namespace = subject.namespace
        guard subject.isOfNFTables else { return namespace.texts.text(title, hash: id) }
        if let known = namespace.texts.text(title, handle: id) { return known }
        guard let rule = subject.rules[RuleKey(title, id, isGone: isGone)] else { return nil }
        let summary = RuleText(summaryOf: rule)
        // Better than nothing, should it go before anybody lists it.
        if !isGone, isWanted(namespace) { namespace.texts.put(summary, title, handle: id) }
        return summary
    }

    private func clean(_ operation: Operation, _ namespace: WatchedNamespace) {
        if operation.kind == .deleteTable { return namespace.texts.remove(operation.title) }
        for move in operation.moves.value where move.before != move.after {
            if let gone = move.before { namespace.texts.remove(operation.title, handle: gone) }
        }
    }

    /// Lists what the change added, if that is to be had; returns whether it did.
    private func look(
        at change: Change, _ subject: Subject, since: UInt64?, _ open: (WatchedNamespace, (CInt) -> Void) -> Void
    ) -> Bool {
        let namespace = subject.namespace
        let additions = change.operations.filter { $0.moves.value.contains { $0.after != nil } }
        if subject.isOfNFTables {
            // One that stands under the same handle says something else now.
            for operation in additions {
                for move in operation.moves.value {
                    if let handle = move.after { namespace.texts.remove(operation.title, handle: handle) }
                }
            }
        } else {
            note(Set(change.operations.compactMap(\.legacyID)), in: namespace)
        }
        guard isWanted(namespace), !additions.isEmpty else { return false }
        let targets = subject.isOfNFTables ? nftTargets(additions, namespace) : legacyTargets(additions, namespace)
        let count = targets.reduce(0) { $0 + $1.count }
        let now = Clock.boottime
        let isLate = since.map { now > $0 &+ patience } ?? false
        guard !isLate, budget.allows(cost(of: count), at: now) else {
            forget(namespace)
            return false
        }
        open(namespace) { descriptor in
            timed(count) { for target in targets { target.list(descriptor) } }
        }
        return true
    }

    /// What is listed in one go: how many rules, and how.
    private typealias Target = (count: Int, list: (CInt) -> Void)

    private func nftTargets(_ operations: [Operation], _ namespace: WatchedNamespace) -> [Target] {
        Dictionary(grouping: operations, by: \.title).compactMap { title, operations in
            guard let (id, table) = namespace.state.nft.tables.first(where: { $0.key.title == title }) else {
                return nil
            }
            let chains = Set(operations.compactMap(\.chain))
            let isOne = chains.count == 1 && !isOfIPTables(id)
            let count = isOne ? chains.first.flatMap { table.chains[$0]?.rules.count } ?? 0 : table.ruleCount
            return (count, { [self] descriptor in list(chains, of: id, namespace, descriptor) })
        }
    }

    private func legacyTargets(_ operations: [Operation], _ namespace: WatchedNamespace) -> [Target] {
        Set(operations.compactMap(\.legacyID)).compactMap { id in
            namespace.state.legacy[id].map { table in
                (table.ruleCount, { [self] descriptor in listLegacy(table, namespace, descriptor) })
            }
        }
    }

    private func list(_ chains: Set<String>, of id: TableID, _ namespace: WatchedNamespace, _ descriptor: CInt) {
        // Names are whatever somebody chose: only those that cannot be anything else become part of a command.
        var commands: [String] = []
        if Self.isPlain(id.name) {
            if chains.count == 1, let chain = chains.first, Self.isPlain(chain), !isOfIPTables(id) {
                commands.append("list chain \(id.family.name) \(id.name) \(chain)")
            }
            commands.append("list table \(id.family.name) \(id.name)")
        }
        guard let found = listing(commands + ["list ruleset"], namespace, descriptor) else { return }
        take(words(of: id, in: found, namespace, descriptor), id, namespace, isAll: false)
    }

    static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first), name.utf8.count <= 128 else { return false }
        return name.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 || $0 == 46 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    // MARK: Asking

    /// What the first of these commands prints that is understood.
    private func listing(_ commands: [String], _ namespace: WatchedNamespace, _ descriptor: CInt) -> Listing? {
        let generation = try? reader.generation(in: descriptor)
        for command in commands {
            if let printed = lister.list(.nftables(command: command), in: descriptor, within: patience(namespace)) {
                return Listing(text: NFTListing(printed), generation: generation)
            }
        }
        return nil
    }

    /// A listing, and the generation before it was made.
    private struct Listing {
        var text: NFTListing
        var generation: UInt32?
    }

    /// What the rules of a table say, by handle: in iptables' words, if it is a table that iptables keeps.
    private func words(
        of id: TableID, in listing: Listing, _ namespace: WatchedNamespace, _ descriptor: CInt
    ) -> [UInt64: RuleText] {
        guard let table = listing.text.tables.first(where: { $0.title == id.title }) else { return [:] }
        let words = table.rules.mapValues { RuleText($0, .nft) }
        guard isOfIPTables(id),
            let printed = lister.list(
                .save(program: id.family == .ipv4 ? .iptables : .ip6tables, table: id.name), in: descriptor,
                within: savePatience(namespace))
        else { return words }
        let saved = SaveListing(printed)
        guard !saved.isForeign else { return words }
        // It prints no handles: a rule is known by its place, and others may be writing.
        var after = table.order
        let isMoving = (try? reader.generation(in: descriptor)) != listing.generation
        if isMoving {
            let again = self.listing(["list table \(id.title)"], namespace, descriptor)
            after = again?.text.tables.first { $0.title == id.title }?.order ?? [:]
        }
        let pairs = table.order.flatMap { chain, handles in
            aligned(saved.chains[chain] ?? [], before: handles, after: after[chain] ?? [])
        }
        if isMoving, pairs.count < words.count { forget(namespace) }
        return words.merging(pairs.map { ($0.rule, RuleText($0.line, .iptables)) }) { $1 }
    }

    /// Takes what rules say, of which nothing was known: the listing may be younger than the change that is told.
    private func take(_ words: [UInt64: RuleText], _ id: TableID, _ namespace: WatchedNamespace, isAll: Bool) {
        for (handle, text) in words {
            let known = namespace.texts.text(id.title, handle: handle)?.form
            // What iptables itself says, which could not be had before, is better than what nft says of the same rule.
            if isAll || known == nil || known == .summary || known == .nft && text.form == .iptables {
                namespace.texts.put(text, id.title, handle: handle)
            }
        }
    }

    /// Whether a table may be one that iptables keeps.
    private func isOfIPTables(_ id: TableID) -> Bool {
        (id.family == .ipv4 || id.family == .ipv6)
            && ["filter", "nat", "mangle", "raw", "security"].contains(id.name)
    }

    private func listLegacy(_ table: XTable, _ namespace: WatchedNamespace, _ descriptor: CInt) {
        let program: Tool.SaveProgram =
            switch table.family {
            case .ipv4: .legacyIPTables
            case .ipv6: .legacyIP6Tables
            case .arp: .legacyARPTables
            case .bridge: .legacyEBTables
            }
        guard Self.isPlain(table.name), table.ruleCount > 0,
            let before = standing(table, descriptor),
            let printed = lister.list(
                .save(program: program, table: table.name), in: descriptor, within: savePatience(namespace)),
            // It need not be what the change made of the table.
            let after = standing(table, descriptor)
        else { return }
        let saved = SaveListing(printed)
        let title = "\(table.family.rawValue) \(table.name)"
        for chain in before.chains {
            let lines = saved.chains[chain.name] ?? []
            let later = after.chains.first { $0.name == chain.name }?.rules ?? []
            for (hash, line) in aligned(lines, before: chain.rules.map(\.hash), after: later.map(\.hash)) {
                namespace.texts.put(RuleText(line, .iptables), title, hash: hash)
            }
        }
    }

    private func standing(_ table: XTable, _ descriptor: CInt) -> XTable? {
        let all =
            table.family == .bridge
            ? try? reader.bridge(in: descriptor, named: [table.name])
            : try? reader.legacy(in: descriptor, families: [table.family])
        return all?.first { $0.name == table.name }
    }

    /// Of rules of legacy tables nothing but their hash is kept otherwise.
    private func note(_ tables: Set<FirewallState.LegacyID>, in namespace: WatchedNamespace) {
        guard isWanted(namespace) else { return }
        for id in tables {
            let title = "\(id.family.rawValue) \(id.name)"
            var hashes: Set<UInt64> = []
            for rule in namespace.state.legacy[id]?.chains.lazy.flatMap(\.rules) ?? [] {
                hashes.insert(rule.hash)
                if namespace.texts.text(title, hash: rule.hash) == nil {
                    namespace.texts.put(RuleText(summaryOf: rule), title, hash: rule.hash)
                }
            }
            // Those that went have been read.
            namespace.texts.keep(hashes, inLegacy: title)
        }
    }

    private func timed(_ rules: Int, _ body: () -> Void) {
        let began = Clock.boottime
        body()
        let now = Clock.boottime
        let cost = now &- began
        budget.spend(cost, at: now)
        if rules >= 10, cost > costOfAsking {
            costPerRule = (costPerRule * 3 + (cost - costOfAsking) / UInt64(rules)) / 4
        }
    }

    /// A rule that a notice names.
    fileprivate struct RuleKey: Hashable {
        var title: String
        var handle: UInt64
        var isGone: Bool

        init(_ title: String, _ handle: UInt64, isGone: Bool) {
            self.title = title
            self.handle = handle
            self.isGone = isGone
        }
    }
}

extension NFTMessage {
    fileprivate var movedRule: (RuleTexts.RuleKey, NFTRule)? {
        switch self {
        case .newRule(let rule):
            rule.handle.map { (RuleTexts.RuleKey("\(rule.family.name) \(rule.table)", $0, isGone: false), rule) }
        case .deleteRule(let rule, _):
            rule.handle.map { (RuleTexts.RuleKey("\(rule.family.name) \(rule.table)", $0, isGone: true), rule) }
        default: nil
        }
    }
}

extension Operation {
    fileprivate var title: String { "\(family ?? "") \(table ?? "")" }

    fileprivate var legacyID: FirewallState.LegacyID? {
        guard let family = family.flatMap(XTFamily.init(rawValue:)), let table else { return nil }
        return FirewallState.LegacyID(family: family, name: table)
    }
}

extension TableID {
    /// As nft writes it.
    fileprivate var title: String { "\(family.name) \(name)" }
}
