package import Netlink
package import XTables

extension RuleText {
    /// How long a summary is at most, in bytes.
    private static let summaryLimit = 200

    /// What is known of a rule of nftables from the kernel's own list of its expressions.
    package init(summaryOf rule: NFTRule) {
        var words: [String] = []
        for expression in rule.expressions {
            let word =
                switch expression {
                case .immediate(let verdict?):
                    ([verdict.code.word] + [verdict.chain].compactMap { $0 }).joined(separator: " ")
                case .immediate(nil): "immediate"
                case .lookup(let set, _, let isInverted, let isMap):
                    "\(isMap ? "vmap" : isInverted ? "!=" : "in") \(set.hasPrefix("__") ? "{…}" : "@\(set)")"
                case .dynset(let set, _): "update @\(set)"
                case .match(let name, _, _): "match \(name)"
                case .target(let name, _, _): "target \(name)"
                default: expression.name
                }
            if words.last != word { words.append(word) }
        }
        if let comment = rule.comment { words.append("comment \"\(comment)\"") }
        self.init(Self.cut(words.joined(separator: " ")), .summary)
    }

    /// What is known of a rule of a legacy table.
    package init(summaryOf rule: XTRule) {
        let target =
            switch rule.target {
            case .drop: "-j DROP"
            case .accept: "-j ACCEPT"
            case .queue: "-j QUEUE"
            case .return: "-j RETURN"
            case .continue: "no target"
            case .jump(let chain): "-j \(chain)"
            case .goto(let chain): "-g \(chain)"
            case .jumpInside(let chain, let rule, _): "into \(chain), rule \(rule)"
            case .target(let name): "-j \(name)"
            case .unknown(let verdict): "verdict \(verdict)"
            }
        let condition = rule.condition == .always ? ["all packets"] : rule.condition == .never ? ["no packet"] : []
        let words = condition + rule.matches.map { "-m \($0)" } + [target]
        self.init(Self.cut(words.joined(separator: " ")), .summary)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > summaryLimit else { return text }
        return String(decoding: text.utf8.prefix(summaryLimit), as: UTF8.self) + "…"
    }
}

extension NFTVerdictCode {
    /// As nft writes it.
    fileprivate var word: String {
        switch self {
        case .drop: "drop"
        case .accept: "accept"
        case .queue: "queue"
        case .continue: "continue"
        case .jump: "jump"
        case .goto: "goto"
        case .return: "return"
        default: rawValue & 0xff == NFTVerdictCode.queue.rawValue ? "queue" : "verdict \(rawValue)"
        }
    }
}
