internal import Netlink

/// The verdicts of a standard target: `-NF_* - 1`. What is not negative is the offset of the entry to go on with.
enum XTVerdict {
    static let drop: Int32 = -1
    static let accept: Int32 = -2
    static let queue: Int32 = -4
    static let `return`: Int32 = -5
}

/// Turns entries into rules.
struct XTRuleReader {
    let entries: [XTEntry]
    let outline: XTOutline
    let layout: XTLayout
    let origin: XTOrigin

    /// What a built-in chain does at its end.
    func policy(_ entry: XTEntry) -> XTTarget {
        switch entry.kind {
        case .standard(let verdict): fixed(verdict) ?? .unknown(verdict: verdict)
        case .error: .target("ERROR")
        case .named(let name): .target(name)
        }
    }

    /// The rule of the entry at `index`; `bytes` is the whole blob.
    func rule(_ index: Int, in bytes: RawSpan, isMalformed: inout Bool) -> XTRule {
        let entry = entries[index]
        let whole = bytes.extracting(entry.offset..<(entry.offset &+ entry.byteCount))
        var hash = StableHash()
        for field in layout.fields { hash.combine(whole.extracting(field)) }

        var matches: [String] = []
        var sets: [XTSetLookup] = []
        var offset = layout.entrySize
        while offset < entry.targetOffset {
            let room = whole.extracting(offset..<entry.targetOffset)
            guard let match = XTExtensionView(room, origin: origin, isTarget: false) else {
                isMalformed = true
                break
            }
            matches.append(match.name)
            if match.name == "set" {
                let data = room.extracting(XTExtension.headerByteCount..<match.byteCount)
                if let set = XTSetLookup(data.copy(), revision: UInt32(match.revision)) { sets.append(set) }
            }
            combine(match, room, into: &hash)
            offset &+= match.byteCount
        }

        hash.combine(UInt8(0))
        let target = target(of: entry, at: index, in: whole)
        switch entry.kind {
        case .standard, .error: combine(target, into: &hash)
        case .named:
            let room = whole.extracting(droppingFirst: entry.targetOffset)
            if let view = XTExtensionView(room, origin: origin) { combine(view, room, into: &hash) }
        }
        var condition = layout.condition(whole)
        if condition == .always, matches.contains(where: { $0 != "comment" && $0 != "commen*" }) {
            condition = .sometimes
        }
        return XTRule(hash: hash.value, target: target, condition: condition, matches: matches, sets: sets)
    }

    private func combine(_ target: XTTarget, into hash: inout StableHash) {
        switch target {
        case .drop: hash.combine("drop")
        case .accept: hash.combine("accept")
        case .queue: hash.combine("queue")
        case .return: hash.combine("return")
        case .continue: hash.combine("continue")
        case .jump(let chain), .goto(let chain): hash.combine(chain)  // goto is in the entry's flags
        case .jumpInside(let chain, let rule, _): hash.combine("\(chain)+\(rule)")
        case .target(let name): hash.combine(name)
        case .unknown(let verdict): hash.combine("\(verdict)")
        }
    }

    private func combine(_ view: XTExtensionView, _ room: RawSpan, into hash: inout StableHash) {
        hash.combine(view.name)
        hash.combine(view.revision)
        hash.combine(room.extracting(XTExtension.headerByteCount..<view.byteCount))
    }

    private func target(of entry: XTEntry, at index: Int, in whole: RawSpan) -> XTTarget {
        guard case .standard(let verdict) = entry.kind else { return policy(entry) }
        if let target = fixed(verdict) { return target }
        guard verdict >= 0 else { return .unknown(verdict: verdict) }
        if Int(verdict) == entry.offset &+ entry.byteCount { return .continue }
        guard let destination = outline.indexByOffset[Int(verdict)], let place = outline.place(of: destination) else {
            return .unknown(verdict: verdict)
        }
        let isGoto = (whole.load(layout.flagsOffset, as: UInt8.self) ?? 0) & layout.gotoFlag != 0
        guard place.rule == 0, place.section.hook == nil else {
            return .jumpInside(chain: place.section.name, rule: place.rule, isGoto: isGoto)
        }
        return isGoto ? .goto(place.section.name) : .jump(place.section.name)
    }

    private func fixed(_ verdict: Int32) -> XTTarget? {
        switch verdict {
        case XTVerdict.drop: .drop
        case XTVerdict.accept: .accept
        case XTVerdict.queue: .queue
        case XTVerdict.return: .return
        default: nil
        }
    }
}
