internal import FoundationEssentials

extension BaselineDifference {
    /// For programs: one JSON object.
    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { Array($0) + [10] } ?? []
    }

    /// For people, a line each; with colours of a terminal, if wanted.
    package func lines(isColoured: Bool) -> [String] {
        let pen = Pen(isColoured: isColoured)
        guard differs else { return ["as it was saved at \(savedAt): \(effectiveRules.after) effective rules"] }
        var lines: [String] = []
        for table in tables {
            let name =
                "table \(table.family) \(table.name)" + (table.backend == "nftables" ? "" : " (\(table.backend))")
            lines.append(pen.mark(table.change, name))
            if let dormant = table.dormant {
                lines.append(
                    "  "
                        + (dormant.after == nil ? pen.good("awake again") : pen.bad("dormant: none of its rules works"))
                )
            }
            for chain in table.chains { lines += chain.lines(pen) }
            for set in table.sets { lines.append("  " + set.line("set", pen)) }
        }
        for set in ipsets { lines.append(set.line("ipset", pen)) }
        let (missing, added, moved) = counts
        lines.append("")
        lines.append("\(missing) rules missing, \(added) added, \(moved) moved since \(savedAt)")
        lines.append(
            "rules \(pen.figure(rules)), effective \(pen.figure(effectiveRules)), blocking \(pen.figure(blockingRules))"
        )
        return lines
    }

    /// Writes in colours, or not.
    struct Pen {
        var isColoured: Bool

        func bad(_ text: String) -> String { isColoured ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
        func good(_ text: String) -> String { isColoured ? "\u{1B}[32m\(text)\u{1B}[0m" : text }
        func odd(_ text: String) -> String { isColoured ? "\u{1B}[33m\(text)\u{1B}[0m" : text }

        func mark(_ kind: Kind, _ text: String) -> String {
            switch kind {
            case .missing: bad("- \(text)")
            case .added: good("+ \(text)")
            case .changed: "  \(text)"
            }
        }

        func figure(_ count: Count) -> String {
            let text = count.delta == 0 ? "\(count.after)" : "\(count.before) → \(count.after)"
            return count.delta < 0 ? bad(text) : text
        }
    }
}

extension BaselineDifference.Chain {
    fileprivate func lines(_ pen: BaselineDifference.Pen) -> [String] {
        var lines = ["  " + pen.mark(change, "chain \(name)")]
        if let policy {
            let text = "policy \(policy.before ?? "none") → \(policy.after ?? "none")"
            lines.append("      " + (policy.after == "accept" || policy.after == nil ? pen.bad(text) : pen.odd(text)))
        }
        if let hook { lines.append("      " + pen.odd("\(hook.before ?? "no hook") → \(hook.after ?? "no hook")")) }
        lines += missing.map { "    " + pen.bad("- \($0.rule)") }
        lines += added.map { "    " + pen.good("+ \($0.rule)") }
        lines += moved.map { "    " + pen.odd("~ \($0.rule)  (\($0.from) → \($0.to))") }
        if uncompared == true { lines.append("      its rules could not be compared, only counted") }
        lines.append(
            "      rules \(pen.figure(rules)), effective \(pen.figure(effectiveRules)), blocking \(pen.figure(blockingRules))"
        )
        return lines
    }
}

extension BaselineDifference.ElementSet {
    fileprivate func line(_ what: String, _ pen: BaselineDifference.Pen) -> String {
        let figures =
            elements.delta == 0 ? "other elements, \(elements.after) as before" : "elements \(pen.figure(elements))"
        return pen.mark(change, "\(what) \(name): \(figures)")
    }
}
