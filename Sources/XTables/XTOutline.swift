/// Which entries make up which chain. Indices are those of the entries.
struct XTOutline {
    struct Section {
        var name: String
        var hook: Int?
        /// The first entry of the chain, its head left out.
        var first: Int
        var rules: Range<Int>
        var policy: Int?
    }

    private(set) var sections: [Section] = []
    /// The first section that has not come to its end yet.
    private var open = 0
    /// The index of the entry that begins at an offset.
    let indexByOffset: [Int: Int]

    init(_ entries: [XTEntry], hooks: XTHooks, hookNames: [String]) {
        indexByOffset = Dictionary(
            entries.enumerated().map { ($1.offset, $0) }, uniquingKeysWith: { first, _ in first })
        var hooksByEntry: [Int: [Int]] = [:]
        for hook in hookNames.indices where hooks.validHooks >> UInt32(hook) & 1 == 1 {
            guard hooks.hookEntry.indices.contains(hook),
                let index = indexByOffset[Int(hooks.hookEntry[hook])]
            else { continue }
            hooksByEntry[index, default: []].append(hook)
        }

        // The end of the table is no chain, and belongs to none.
        var end = entries.count
        if case .error = entries.last?.kind { end &-= 1 }

        for index in 0..<end {
            if case .error(let name) = entries[index].kind {
                close(at: index)
                sections.append(Section(name: name, hook: nil, first: index &+ 1, rules: 0..<0))
            }
            if let hooks = hooksByEntry[index] {
                close(at: index)
                for hook in hooks {
                    sections.append(Section(name: hookNames[hook], hook: hook, first: index, rules: 0..<0))
                }
            }
        }
        close(at: end)
        for index in sections.indices { sections[index].trim(entries, hooks, indexByOffset) }
    }

    /// Ends the chains that are still open: more than one where hooks share an entry.
    private mutating func close(at end: Int) {
        for index in open..<sections.count {
            sections[index].rules = sections[index].first..<max(sections[index].first, end)
        }
        open = sections.count
    }

    /// The chain an entry lies in, and its place among the rules.
    func place(of entry: Int) -> (section: Section, rule: Int)? {
        var low = 0
        var high = sections.count
        while low < high {
            let middle = (low &+ high) / 2
            if sections[middle].first <= entry { low = middle &+ 1 } else { high = middle }
        }
        // An empty chain may begin where the next one does: of those, the one that was jumped to comes first.
        var candidate = low &- 1
        while candidate > 0, sections[candidate &- 1].first == sections[candidate].first { candidate &-= 1 }
        guard sections.indices.contains(candidate) else { return nil }
        return (sections[candidate], entry &- sections[candidate].first)
    }
}

extension XTOutline.Section {
    /// Takes the policy of a built-in chain, and the implicit return of a user chain, off its rules.
    fileprivate mutating func trim(_ entries: [XTEntry], _ hooks: XTHooks, _ indexByOffset: [Int: Int]) {
        guard let last = rules.last else { return }
        guard let hook else {
            let isReturn = entries[last].kind == .standard(verdict: XTVerdict.return)
            if isReturn { rules = rules.dropLast() }
            return
        }
        let underflow = hooks.underflow.indices.contains(hook) ? indexByOffset[Int(hooks.underflow[hook])] : nil
        policy = underflow ?? last
        if policy == last { rules = rules.dropLast() }
    }
}
