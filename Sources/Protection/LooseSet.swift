package import Netlink

/// A set or map that belongs to one rule, until that rule comes and takes it in.
package struct LooseSet: Hashable, Sendable {
    package var isFilled: Bool
    package private(set) var count = 0
    package private(set) var branches: Set<RuleOutline.Branch> = []

    package init(isFilled: Bool = false) { self.isFilled = isFilled }

    package mutating func add(_ element: NFTElement) {
        guard !element.isIntervalEnd else { return }
        count += 1
        if let verdict = element.verdict { branches.insert(RuleOutline.Branch(verdict)) }
    }
}

extension RuleOutline.Branch {
    /// What an element of a verdict map, or a rule, says of a packet.
    package init(_ verdict: NFTVerdict) {
        // The upper half of a queue verdict is the number of the queue.
        switch verdict.code.rawValue >= 0 ? NFTVerdictCode(rawValue: verdict.code.rawValue & 0xff) : verdict.code {
        case .drop: self.init(.blocks)
        case .accept, .stolen, .queue: self.init(.passes)
        case .jump: self.init(verdict.chain == nil ? .goesOn : .jumps, chain: verdict.chain)
        case .goto: self.init(verdict.chain == nil ? .returns : .goes, chain: verdict.chain)
        case .return: self.init(.returns)
        default: self.init(.goesOn)
        }
    }
}
