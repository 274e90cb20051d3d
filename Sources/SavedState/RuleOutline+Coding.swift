internal import Protection

extension ByteWriter {
    /// Most rules lead nowhere and ask no set: those take one byte.
    mutating func put(_ outline: RuleOutline) {
        let leads = outline.chain != nil || !outline.lookups.isEmpty || !outline.branches.isEmpty
        put(
            outline.verdict.rawValue | (outline.isConditional ? 0x10 : 0) | (outline.isNever ? 0x20 : 0)
                | (leads ? 0x40 : 0))
        guard leads else { return }
        put(outline.chain) { $0.put($1) }
        put(outline.lookups) { writer, lookup in
            writer.put(lookup.set)
            writer.put(lookup.question.rawValue)
        }
        put(outline.branches) { $0.put($1) }
    }

    mutating func put(_ branch: RuleOutline.Branch) {
        put(branch.verdict.rawValue)
        put(branch.chain) { $0.put($1) }
    }
}

extension ByteReader {
    mutating func outline() throws(Malformed) -> RuleOutline {
        let head = try number(UInt8.self)
        guard head & 0x80 == 0, let verdict = RuleOutline.Verdict(rawValue: head & 0xf) else { throw Malformed() }
        var outline = RuleOutline(verdict, isConditional: head & 0x10 != 0, isNever: head & 0x20 != 0)
        guard head & 0x40 != 0 else { return outline }
        outline.chain = try optional { reader throws(Malformed) in try reader.text() }
        outline.lookups = try list { reader throws(Malformed) in
            let set = try reader.text()
            guard let question = RuleOutline.Question(rawValue: try reader.number(UInt8.self)) else {
                throw Malformed()
            }
            return RuleOutline.Lookup(set, question)
        }
        outline.branches = try list { reader throws(Malformed) in try reader.branch() }
        return outline
    }

    mutating func branch() throws(Malformed) -> RuleOutline.Branch {
        guard let verdict = RuleOutline.Verdict(rawValue: try number(UInt8.self)) else { throw Malformed() }
        return RuleOutline.Branch(verdict, chain: try optional { reader throws(Malformed) in try reader.text() })
    }
}
