internal import Identity

/// Why a change is more than its size, each reason with its part.
struct Suspicion: Hashable, Codable {
    /// What all reasons together weigh at most, in percent.
    static let most = 50
    /// From which on somebody is suspicious whatever he does, in percent.
    static let grave = 40
    /// What nobody's doing weighs.
    static let ofNobody = 30

    struct Part: Hashable, Codable {
        var id: String
        var percent: Int
        var text: String
    }

    private(set) var parts: [Part] = []

    private init() {}

    /// Whether it may be reckoned with though it was read from a file.
    var isPlausible: Bool { parts.allSatisfy { $0.percent.isPlausible } }

    static let none = Suspicion()

    init(of actor: Actor?, _ tuning: Tuning) {
        guard let actor else {
            parts = [Part(id: "unattributed", percent: Self.ofNobody, text: "nobody was seen to do it")]
            return
        }
        for trait in actor.traits {
            let weight = tuning.weights[trait.kind] ?? 0
            if weight > 0 { parts.append(Part(id: trait.kind.rawValue, percent: weight, text: trait.evidence)) }
        }
    }

    /// What a loss weighs that is larger than any that was usual.
    static let ofUnusualSize = 10

    mutating func add(_ usual: Usual, lost: Int) {
        parts.append(
            Part(
                id: "unusual_size", percent: Self.ofUnusualSize,
                text:
                    "\(lost) effective rules at once; in \(usual.days) days never more than \(usual.largestLoss), of \(usual.low) to \(usual.high)"
            ))
    }

    /// 0 to `most`.
    var percent: Int { min(Self.most, parts.reduce(0) { $0 + $1.percent }) }
}
