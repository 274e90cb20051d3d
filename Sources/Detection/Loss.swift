internal import Inventory

/// A piece of protection that is gone, and is looked for until it is back.
enum Loss: Hashable, Codable {
    /// A base chain does not drop any more what no rule decided.
    case policy(DroppingChain)
    case table(family: String, name: String)
    case set(String)
    case shadow
    case service(String)
    case module(String)
    case configuration(String)
    case sysctl(String)
    case tampered
    case nobody

    var rule: Rule {
        switch self {
        case .policy: .policyOpened
        case .table, .sysctl: .dormant
        case .set: .setEmptied
        case .shadow: .shadowed
        case .service: .serviceEnded
        case .module: .moduleUnloaded
        case .configuration: .configurationWeakened
        case .tampered: .tampered
        case .nobody: .unattributed
        }
    }

    /// Whether it is made good when as much protects as before.
    var endsWithLevel: Bool {
        switch self {
        case .set, .shadow, .nobody, .module: true
        case .policy, .table, .service, .configuration, .sysctl, .tampered: false
        }
    }
}

extension Loss {
    /// What it is worth, and what there is to say; for those that a change tells by itself.
    var points: Int {
        switch self {
        case .policy, .table: 60
        case .shadow: 50
        case .set: 45
        default: 0
        }
    }

    var text: String {
        switch self {
        case .policy(let chain): "\(chain.family) \(chain.table) \(chain.chain) no longer drops what no rule decides"
        case .table(let family, let name): "the table \(family) \(name) was set dormant"
        case .set(let name): "a blocking rule matches nothing any more: the set \(name) was emptied"
        case .shadow: "rules that blocked block no more, though none was deleted"
        default: ""
        }
    }
}

/// What speaks for an alert, and how much of a whole firewall it is worth, in percent.
struct Finding: Hashable {
    var rule: Rule
    var points: Int
    var text: String
    /// What was lost, where that has a name.
    var loss: Loss?
}

extension [Finding] {
    /// The one with the most points; of several the first by its id.
    var gravest: Finding? { self.max { ($0.points, $1.rule) < ($1.points, $0.rule) } }
}

/// Follows which policies drop and which tables sleep, and says what of that a change took or gave.
struct Standing {
    private(set) var dropping: Set<DroppingChain>
    private var dormant: Set<Name> = []
    private(set) var level: Level

    private struct Name: Hashable {
        var family: String
        var table: String
    }

    init(dropping: Set<DroppingChain> = [], level: Level = .zero) {
        self.dropping = dropping
        self.level = level
    }

    /// Returns what was lost, and what is back.
    mutating func apply(_ alteration: Alteration) -> (lost: [Loss], back: [Loss]) {
        let was = self
        level = alteration.after
        for step in alteration.steps { apply(step) }
        let policies = was.dropping.subtracting(dropping).sorted { $0.order < $1.order }
        var lost: [Loss] = policies.map { .policy($0) }
        // A table that was made to sleep and is deleted sleeps no more, but is gone: its rules are missed.
        lost += dormant.subtracting(was.dormant).map { .table(family: $0.family, name: $0.table) }
        var back: [Loss] = dropping.subtracting(was.dropping).map { .policy($0) }
        back += was.dormant.subtracting(dormant).map { .table(family: $0.family, name: $0.table) }
        return (lost, back)
    }

    /// Whether what was lost is there again.
    func hasBack(_ loss: Loss) -> Bool {
        switch loss {
        case .policy(let chain): dropping.contains(chain)
        case .table(let family, let name): !dormant.contains(Name(family: family, table: name))
        default: false
        }
    }

    private mutating func apply(_ step: Alteration.Step) {
        let family = step.family ?? ""
        let table = step.table ?? ""
        if let policy = step.policy, let chain = step.chain {
            let place = DroppingChain(family: family, table: table, chain: chain)
            if policy.after == "drop" { dropping.insert(place) } else { dropping.remove(place) }
        }
        switch step.kind {
        case .deleteChain:
            dropping.remove(DroppingChain(family: family, table: table, chain: step.chain ?? ""))
        case .deleteTable, .ownerDied:
            dropping = dropping.filter { ($0.family, $0.table) != (family, table) }
            dormant.remove(Name(family: family, table: table))
        case .flushRuleset:
            dropping = dropping.filter { !family.isEmpty && $0.family != family }
            dormant = dormant.filter { !family.isEmpty && $0.family != family }
        case .tableDormant: dormant.insert(Name(family: family, table: table))
        case .tableAwake: dormant.remove(Name(family: family, table: table))
        default: break
        }
    }
}

extension Alteration {
    /// Losses that show in what was asked for beside the figures.
    var tricks: [Loss] {
        guard after.blocking < before.blocking else { return [] }
        let emptied = steps.filter {
            [.flushSet, .deleteElements, .swapSet, .deleteSet].contains($0.kind)
        }
        if !emptied.isEmpty, after.rules >= before.rules { return emptied.map { .set($0.set ?? "") } }
        let isAdded = steps.contains { [.addRule, .replaceRule, .replaceTable].contains($0.kind) }
        return isAdded && after.rules >= before.rules ? [.shadow] : []
    }
}
