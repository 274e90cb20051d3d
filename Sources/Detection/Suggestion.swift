internal import Identity
internal import Inventory

/// What an operator might trust somebody with who did the same again and again: as narrow as what was seen.
package struct Suggestion: Hashable, Sendable {
    /// Who: each has to hold.
    package struct Who: Hashable, Sendable {
        package var executable: String
        package var script: String?
        package var sha256: String?
        package var unit: String?
        package var container: String?
        package var user: String
        package var login: String?
    }

    package var who: Who
    package var backends: Set<String> = []
    package var tables: Set<String> = []
    package var chains: Set<String> = []
    package var sets: Set<String> = []
    /// Something was done to a table, or a chain, as a whole.
    private var hasWholeTables = false
    private var hasWholeChains = false
    private var hasNoSets = false
    private var hasNoTables = false
    package var files: Set<String> = []
    package var services: Set<String> = []
    package var emptied = false
    package var count = 0
    /// In seconds since 1970.
    package var first: Int64
    package var last: Int64
    package var example: String

    fileprivate init(_ who: Who, at wall: Int64, _ example: String) {
        self.who = who
        first = wall
        last = wall
        self.example = example
    }

    fileprivate mutating func take(_ deed: Deed) {
        count += 1
        first = min(first, deed.wall)
        last = max(last, deed.wall)
        switch deed.what {
        case .changed(let alteration):
            backends.insert(alteration.backend)
            emptied = emptied || alteration.after.effective == 0 && alteration.before.effective > 0
            hasWholeTables = hasWholeTables || alteration.isCut
            for step in alteration.steps {
                if let table = step.table { tables.insert(table) } else { hasNoTables = true }
                if let chain = step.chain { chains.insert(chain) } else { hasWholeTables = true }
                if let set = step.set { sets.insert(set) } else { hasNoSets = true }
            }
        case .configuration(let path, _): files.insert(path)
        case .service(let name, _, _, _): services.insert(name)
        case .module, .sysctl, .tampered: break
        }
    }

    /// Where it is told by names: nothing, where what was done was done to something that has none.
    package var places: (tables: [String], chains: [String], sets: [String]) {
        (
            hasNoTables ? [] : tables.sorted(), hasWholeTables || chains.count > 16 ? [] : chains.sorted(),
            hasNoSets || sets.count > 16 ? [] : sets.sorted()
        )
    }
}

/// Collects what may be trusted from what was done in a time in which all was well.
package struct Suggestions {
    package enum Refusal: String, CaseIterable, Sendable {
        case unseen = "nobody was seen to do it"
        case suspicious = "whoever did it is suspicious"
        case untrusted = "others than root decide what its program is"
        case broad = "nothing tells it from whatever root may do by hand: no script, no unit, no program of its own"
    }

    private let tuning: Tuning
    private var known: [Suggestion.Who: Suggestion] = [:]
    /// What nothing is proposed for, with how often, and an example.
    package private(set) var refused: [Refusal: (count: Int, example: String)] = [:]

    package init(_ tuning: Tuning) { self.tuning = tuning }

    /// Most often seen first.
    package var all: [Suggestion] {
        known.values.sorted { ($1.count, $0.who.executable) < ($0.count, $1.who.executable) }
    }

    /// Takes a deed that is not covered yet.
    package mutating func take(_ deed: Deed) {
        guard Self.isOfInterest(deed) else { return }
        guard let actor = deed.actor else { return refuse(.unseen, "") }
        guard Suspicion(of: actor, tuning).percent < Suspicion.grave else { return refuse(.suspicious, actor.command) }
        guard actor.pathTrust == .trusted || actor.pathTrust == .unknown && actor.container != nil,
            actor.chain.first?.isGenuine == true
        else { return refuse(.untrusted, actor.command) }
        let script = actor.callingScript
        let isService = actor.unit?.hasSuffix(".service") ?? false
        guard script != nil || isService || actor.container != nil || !Self.isGeneral(actor.executable) else {
            return refuse(.broad, actor.command)
        }
        let party = actor.party
        let who = Suggestion.Who(
            executable: actor.executable, script: script, sha256: script == nil ? actor.sha256 : actor.scriptSHA256,
            unit: isService ? actor.unit : nil, container: actor.container, user: party.user.shown,
            login: party.login?.shown)
        var suggestion = known[who] ?? Suggestion(who, at: deed.wall, actor.command)
        suggestion.take(deed)
        known[who] = suggestion
    }

    private mutating func refuse(_ refusal: Refusal, _ example: String) {
        refused[refusal] = ((refused[refusal]?.count ?? 0) + 1, refused[refusal]?.example ?? example)
    }

    /// What weakens nothing raises no alert either.
    private static func isOfInterest(_ deed: Deed) -> Bool {
        switch deed.what {
        case .changed(let alteration): alteration.weakens || alteration.steps.contains { $0.policy != nil }
        case .configuration: true
        case .service(_, let isStart, _, _): !isStart
        case .module, .sysctl, .tampered: false
        }
    }

    /// Programs that do whatever they are told: their path says nothing of what for.
    private static func isGeneral(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let tools: Set = [
            "nft", "iptables", "ip6tables", "iptables-restore", "ip6tables-restore", "xtables-nft-multi",
            "xtables-legacy-multi", "ipset", "ebtables", "arptables", "ufw", "firewall-cmd", "systemctl", "busctl",
            "dbus-send", "gdbus", "sh", "dash", "bash", "ash", "zsh", "ksh", "fish", "busybox", "env", "sudo", "su",
            "perl", "ruby", "node", "php", "lua", "tclsh", "awk", "gawk", "mawk", "vi", "vim", "vim.basic", "nano",
            "sed", "tee", "cp", "mv", "rm", "dd", "rsync", "scp", "cat", "ed", "emacs", "kill",
        ]
        return tools.contains(name) || name.hasPrefix("python") || name.hasPrefix("vim")
    }
}
