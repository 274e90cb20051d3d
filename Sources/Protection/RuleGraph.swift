/// The chains of one table in the order of their rules, with what leads from one to another: which rules can still
/// meet a packet.
///
/// Each change touches the rule, the sums of its chain, and what follows from it; nothing is walked from the hooks
/// again. An effective rule counts in the chains that it leads to, and a chain is reached while any does. The kernel
/// refuses loops; where one comes in all the same, it may keep itself alive, and the work on it is bounded.
package struct RuleGraph: Sendable {
    struct RuleID: Hashable, Sendable {
        var chain: Int
        var handle: UInt64
    }

    struct Branch: Hashable, Sendable {
        var verdict: RuleOutline.Verdict
        var chain: Int?
    }

    /// What a rule's outline says by names, by number.
    struct Links: Hashable, Sendable {
        var chain: Int?
        var lookups: [Lookup] = []
        var branches: [Branch] = []

        struct Lookup: Hashable, Sendable {
            var set: Int
            var question: RuleOutline.Question
        }

        var isEmpty: Bool { chain == nil && lookups.isEmpty && branches.isEmpty }
    }

    struct Chain: Sendable {
        var name: String
        /// Not only named by a rule.
        var exists = false
        var isHooked = false
        /// Its end is no return: a user chain of ebtables may have a policy.
        var hasFinalEnd = false
        var rules = RuleList()
        var links: [UInt64: Links] = [:]
        /// How many effective rules and maps lead here.
        var entries = 0
        /// How many rules and elements name it at all.
        var mentions = 0
        /// Rules whose effect depends on whether a packet comes back from here.
        var askers: Set<RuleID> = []
        /// Maps that have elements with a goto to here.
        var askingMaps: [Int: Int] = [:]
        var figures = Figures.zero
        /// No packet that enters comes back.
        var isFinal = false
        var isStale = false
    }

    struct ElementSet: Sendable {
        var name: String
        var exists = false
        var count = 0
        /// Packets may add to it.
        var isFilled = false
        /// Rules that add to it.
        var adders = 0
        var branches: [Branch: Int] = [:]
        var users: Set<RuleID> = []
        /// Effective rules that ask it for a verdict.
        var callers = 0

        /// A set that is not known may hold anything.
        var mayHold: Bool { !exists || count > 0 || isFilled || adders > 0 }
        var isUnused: Bool { !exists && users.isEmpty }
    }

    var chains: [Chain] = []
    var sets: [ElementSet] = []
    var chainNumbers: [String: Int] = [:]
    var setNumbers: [String: Int] = [:]
    private var freeChains: [Int] = []
    private var freeSets: [Int] = []
    /// The ipsets that rules ask, by `Lookup.name(ofIPSet:)`: what they hold is told from outside.
    package private(set) var ipsets: Set<String> = []
    /// Chains whose sums have moved.
    var stale: [Int] = []
    /// Of the hooked chains and all that they lead to, as of the last `settle`.
    package internal(set) var figures = Figures.zero

    package init() {}

    /// Of one chain.
    package func figures(of chain: String) -> Figures {
        chainNumbers[chain].map { chains[$0].figures } ?? .zero
    }

    // MARK: Chains

    /// Adds a chain, or says anew whether it stands at a hook.
    package mutating func setChain(_ name: String, isHooked: Bool, hasFinalEnd: Bool = false) {
        let number = chainNumber(name)
        chains[number].exists = true
        chains[number].isHooked = isHooked
        chains[number].hasFinalEnd = hasFinalEnd
        touch(number)
    }

    package mutating func removeChain(_ name: String) {
        guard let number = chainNumbers[name], chains[number].exists else { return }
        for handle in chains[number].rules.handles { remove(handle, from: name) }
        chains[number].exists = false
        chains[number].isHooked = false
        chains[number].hasFinalEnd = false
        touch(number)
    }

    package mutating func renameChain(_ name: String, to new: String) {
        guard name != new, let number = chainNumbers.removeValue(forKey: name) else { return }
        // Somebody named the new one before it was there.
        if let other = chainNumbers[new] { chains[other].name = name }
        chainNumbers[name] = chainNumbers[new]
        chainNumbers[new] = number
        chains[number].name = new
    }

    /// The number of a chain by its name, which may be all that is known of it.
    mutating func chainNumber(_ name: String) -> Int {
        if let number = chainNumbers[name] { return number }
        let number: Int
        if let free = freeChains.popLast() {
            number = free
            chains[number] = Chain(name: name)
        } else {
            number = chains.count
            chains.append(Chain(name: name))
        }
        chainNumbers[name] = number
        return number
    }

    mutating func setNumber(_ name: String) -> Int {
        if let number = setNumbers[name] { return number }
        let number: Int
        if let free = freeSets.popLast() {
            number = free
            sets[number] = ElementSet(name: name)
        } else {
            number = sets.count
            sets.append(ElementSet(name: name))
        }
        setNumbers[name] = number
        if name.hasPrefix(RuleOutline.Lookup.ipsetPrefix) { ipsets.insert(name) }
        return number
    }

    /// Notes that a chain must be looked at again.
    mutating func touch(_ number: Int) {
        guard !chains[number].isStale else { return }
        chains[number].isStale = true
        stale.append(number)
    }

    /// Whether a rule adds packets to ipsets.
    package var fillsIPSets: Bool { ipsets.contains(RuleOutline.Lookup.anyIPSet) }

    /// Gives back the number of a chain that is gone and that nobody names.
    mutating func release(chain number: Int) {
        let chain = chains[number]
        guard !chain.exists, chain.mentions == 0, chain.rules.count == 0, !chain.isStale,
            chainNumbers[chain.name] == number
        else { return }
        chainNumbers[chain.name] = nil
        freeChains.append(number)
    }

    mutating func release(set number: Int) {
        guard sets[number].isUnused, sets[number].branches.isEmpty, setNumbers[sets[number].name] == number else {
            return
        }
        setNumbers[sets[number].name] = nil
        ipsets.remove(sets[number].name)
        freeSets.append(number)
    }
}

extension RuleGraph: CustomStringConvertible {
    package var description: String { "\(figures.effective) effective rules, \(figures.blocking) of them blocking" }

    /// How many chains and sets have a number, also those that are only named.
    package var size: Int { chainNumbers.count + setNumbers.count }
}
