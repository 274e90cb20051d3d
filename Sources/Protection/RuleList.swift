/// Where a new rule goes.
package enum Place: Hashable, Sendable {
    case first
    case last
    /// Behind or before the rule with this handle; last, if there is none.
    case after(UInt64)
    case before(UInt64)
}

/// The rules of a chain in their order.
///
/// They lie in chunks, each with sums over its rules: what the chain comes to is seen from the sums, and one rule is
/// found, put in or taken out in its chunk. Ten bytes a rule.
struct RuleList: Sendable {
    struct Spot: Hashable {
        var chunk: Int
        var offset: Int
    }

    private struct Chunk: Sendable {
        var handles: [UInt64] = []
        var kinds: [RuleKind] = []
        var states: [RuleState] = []

        init() {}

        init(_ chunk: Chunk, _ range: Range<Int>) {
            handles = Array(chunk.handles[range])
            kinds = Array(chunk.kinds[range])
            states = Array(chunk.states[range])
        }
    }

    /// What a chunk holds. Its handles lie between `low` and `high`.
    struct Sum: Sendable {
        var low = UInt64.max
        var high: UInt64 = 0
        var count: Int32 = 0
        var matching: Int32 = 0
        var blocking: Int32 = 0
        var returning: Int32 = 0
        var ending: Int32 = 0
        /// Rules that lead somewhere and can match; those of them that are counted.
        var leading: Int32 = 0
        var counted: Int32 = 0

        mutating func add(_ state: RuleState, _ sign: Int32) {
            if state.contains(.matches) { matching += sign }
            if state.contains(.blocks) { blocking += sign }
            if state.contains(.returns) { returning += sign }
            if state.contains(.ends) { ending += sign }
            if state.isSuperset(of: [.links, .matches]) { leading += sign }
            if state.contains(.counted) { counted += sign }
        }
    }

    private static let most = 512

    private var chunks: [Chunk] = []
    private(set) var sums: [Sum] = []
    /// Over all chunks, but for the range of the handles.
    private(set) var total = Sum()

    var count: Int { Int(total.count) }

    subscript(handle spot: Spot) -> UInt64 { chunks[spot.chunk].handles[spot.offset] }
    subscript(kind spot: Spot) -> RuleKind { chunks[spot.chunk].kinds[spot.offset] }
    subscript(state spot: Spot) -> RuleState { chunks[spot.chunk].states[spot.offset] }

    var handles: [UInt64] { chunks.flatMap(\.handles) }
    var last: UInt64? { chunks.last?.handles.last }

    /// Hands over the rules in order.
    func forEach(_ body: (UInt64, RuleKind, RuleState) -> Void) {
        for chunk in chunks {
            for offset in chunk.handles.indices {
                body(chunk.handles[offset], chunk.kinds[offset], chunk.states[offset])
            }
        }
    }

    func spot(of handle: UInt64) -> Spot? {
        // Those that were added last are asked for most.
        for chunk in sums.indices.reversed() where sums[chunk].low <= handle && handle <= sums[chunk].high {
            if let offset = chunks[chunk].handles.firstIndex(of: handle) { return Spot(chunk: chunk, offset: offset) }
        }
        return nil
    }

    func predecessor(of spot: Spot) -> UInt64? {
        if spot.offset > 0 { return chunks[spot.chunk].handles[spot.offset - 1] }
        return spot.chunk > 0 ? chunks[spot.chunk - 1].handles.last : nil
    }

    /// The first rule that ends every packet. Most often there is none, or it is near the beginning or the end.
    var firstEnd: Spot? {
        guard total.ending > 0 else { return nil }
        let isLast = sums.last?.ending == total.ending
        guard let chunk = isLast ? sums.indices.last : sums.firstIndex(where: { $0.ending > 0 }),
            let offset = chunks[chunk].states.firstIndex(where: { $0.contains(.ends) })
        else { return nil }
        return Spot(chunk: chunk, offset: offset)
    }

    /// The sums over the rules up to this one.
    func sum(through end: Spot) -> Sum {
        var sum = Sum()
        if end.chunk == sums.count - 1 {
            sum = total
            for state in chunks[end.chunk].states.dropFirst(end.offset + 1) { sum.add(state, -1) }
            return sum
        }
        for chunk in 0..<end.chunk {
            sum.matching += sums[chunk].matching
            sum.blocking += sums[chunk].blocking
            sum.returning += sums[chunk].returning
        }
        for state in chunks[end.chunk].states.prefix(end.offset + 1) { sum.add(state, 1) }
        return sum
    }

    /// Those rules of a chunk that lead somewhere, with their states.
    func leading(in chunk: Int) -> [(offset: Int, handle: UInt64, state: RuleState)] {
        chunks[chunk].states.indices.compactMap {
            let state = chunks[chunk].states[$0]
            return state.contains(.links) ? ($0, chunks[chunk].handles[$0], state) : nil
        }
    }

    mutating func set(_ state: RuleState, at spot: Spot) {
        let before = chunks[spot.chunk].states[spot.offset]
        guard before != state else { return }
        sums[spot.chunk].add(before, -1)
        sums[spot.chunk].add(state, 1)
        total.add(before, -1)
        total.add(state, 1)
        chunks[spot.chunk].states[spot.offset] = state
    }

    mutating func set(_ kind: RuleKind, at spot: Spot) { chunks[spot.chunk].kinds[spot.offset] = kind }

    /// Puts in a rule, and says where it is.
    mutating func insert(_ handle: UInt64, _ kind: RuleKind, _ place: Place) -> Spot {
        var spot = spot(for: place)
        if chunks.isEmpty { insertChunk(Chunk(), at: 0) }
        if chunks[spot.chunk].handles.count >= Self.most { spot = room(at: spot) }
        chunks[spot.chunk].handles.insert(handle, at: spot.offset)
        chunks[spot.chunk].kinds.insert(kind, at: spot.offset)
        chunks[spot.chunk].states.insert([], at: spot.offset)
        sums[spot.chunk].low = min(sums[spot.chunk].low, handle)
        sums[spot.chunk].high = max(sums[spot.chunk].high, handle)
        sums[spot.chunk].count += 1
        total.count += 1
        return spot
    }

    mutating func remove(at spot: Spot) {
        let state = chunks[spot.chunk].states[spot.offset]
        sums[spot.chunk].add(state, -1)
        total.add(state, -1)
        chunks[spot.chunk].handles.remove(at: spot.offset)
        chunks[spot.chunk].kinds.remove(at: spot.offset)
        chunks[spot.chunk].states.remove(at: spot.offset)
        sums[spot.chunk].count -= 1
        total.count -= 1
        if chunks[spot.chunk].handles.isEmpty {
            chunks.remove(at: spot.chunk)
            sums.remove(at: spot.chunk)
        } else {
            join(spot.chunk)
        }
    }

    private func spot(for place: Place) -> Spot {
        let end = Spot(chunk: max(chunks.count - 1, 0), offset: chunks.last?.handles.count ?? 0)
        switch place {
        case .first: return Spot(chunk: 0, offset: 0)
        case .last: return end
        case .after(let handle):
            guard handle != last, let found = spot(of: handle) else { return end }
            return Spot(chunk: found.chunk, offset: found.offset + 1)
        case .before(let handle): return spot(of: handle) ?? end
        }
    }

    /// Makes room at a place in a full chunk: at its ends by a new one, so that rules in a row fill their chunks.
    private mutating func room(at spot: Spot) -> Spot {
        let count = chunks[spot.chunk].handles.count
        if spot.offset == count || spot.offset == 0 {
            let chunk = spot.offset == 0 ? spot.chunk : spot.chunk + 1
            insertChunk(Chunk(), at: chunk)
            return Spot(chunk: chunk, offset: 0)
        }
        let half = count / 2
        let upper = Chunk(chunks[spot.chunk], half..<count)
        chunks[spot.chunk] = Chunk(chunks[spot.chunk], 0..<half)
        sums[spot.chunk] = Self.sum(chunks[spot.chunk])
        insertChunk(upper, at: spot.chunk + 1)
        return spot.offset <= half ? spot : Spot(chunk: spot.chunk + 1, offset: spot.offset - half)
    }

    private mutating func insertChunk(_ chunk: Chunk, at index: Int) {
        chunks.insert(chunk, at: index)
        sums.insert(Self.sum(chunk), at: index)
    }

    /// Joins a chunk of few rules with the next, so that none is left of many small ones.
    private mutating func join(_ chunk: Int) {
        guard chunk + 1 < chunks.count,
            chunks[chunk].handles.count + chunks[chunk + 1].handles.count <= Self.most / 2
        else { return }
        chunks[chunk].handles += chunks[chunk + 1].handles
        chunks[chunk].kinds += chunks[chunk + 1].kinds
        chunks[chunk].states += chunks[chunk + 1].states
        sums[chunk] = Self.sum(chunks[chunk])
        chunks.remove(at: chunk + 1)
        sums.remove(at: chunk + 1)
    }

    private static func sum(_ chunk: Chunk) -> Sum {
        var sum = Sum()
        for offset in chunk.handles.indices {
            sum.low = min(sum.low, chunk.handles[offset])
            sum.high = max(sum.high, chunk.handles[offset])
            sum.add(chunk.states[offset], 1)
        }
        sum.count = Int32(clamping: chunk.handles.count)
        return sum
    }
}
