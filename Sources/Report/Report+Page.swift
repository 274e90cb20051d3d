package import JSON

extension Report {
    /// More rows than this make no page that opens quickly. Of more the newest are listed; all are counted.
    private static let rowsShown = 50_000
    /// Bytes of what is shown on demand.
    private static let detailBytes = 4 << 20
    private static let notesShown = 2000
    private static let incidentsShown = 1000
    private static let actorsShown = 500
    private static let gapsShown = 500
    private static let chainsShown = 48
    private static let spacesShown = 64

    /// The page, in bytes of UTF-8.
    package func page(version: String, at now: Timestamp) -> [UInt8] {
        Page.bytes(data: PageJSON.bytes(data(version: version, at: now)))
    }

    /// What the page shows, as it is in it.
    func data(version: String, at now: Timestamp) -> JSONValue {
        let order = changes.indices.sorted {
            (changes[$0].time, changes[$0].sequence) < (changes[$1].time, changes[$1].sequence)
        }
        let shown = order.suffix(Self.rowsShown)
        var rows: [String: Int] = [:]
        for (row, index) in shown.enumerated() { rows[changes[index].id] = row }
        let (details, places) = chosenDetails(Array(shown))
        let gaps = sequences.values.flatMap(\.gaps).sorted { ($0.began, $0.from) < ($1.began, $1.from) }
        let notes = self.notes.sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
        let incidents = self.incidents.suffix(Self.incidentsShown)

        return .members([
            "version": .text(version), "made": .number(now.microseconds),
            "since": since.map { .number($0) }, "until": until.map { .number($0) },
            "first": taken > 0 ? .number(first) : nil, "last": taken > 0 ? .number(last) : nil,
            "inputs": .array(
                inputs.map {
                    .members([
                        "name": .text($0.name), "lines": .number($0.lines), "bad": .number($0.bad),
                        "foreign": .number($0.foreign),
                    ])
                }),
            "counts": .members([
                "taken": .number(taken), "outside": .number(outside), "repeated": .number(repeated),
                "changes": .number(changes.count { $0.kind != .failed }),
                "failed": .number(changes.count { $0.kind == .failed }),
                "weakening": .number(changes.count(where: \.isWeakening)), "rows": .number(shown.count),
                "details": .number(details.count), "incidents": .number(self.incidents.count),
                "open": .number(self.incidents.count { $0.state != "resolved" }),
                "actors": .number(actors.count), "notes": .number(notes.count), "gaps": .number(gaps.count),
                "missing": .number(gaps.reduce(0) { $0 + $1.count }),
            ]),
            "actions": .object(actions.mapValues { .number($0) }), "lost": .object(lost.mapValues { .number($0) }),
            "hosts": .array(hosts.map(\.json)), "spaces": spacesJSON(order), "shelf": .array(shelf.values),
            "actors": .array(actors.prefix(Self.actorsShown).map(\.json)),
            "changes": .array(shown.enumerated().map { changes[$1].row(detail: places[$0] ?? -1) }),
            "details": .array(details),
            "incidents": .array(incidents.map { $0.json(rows: $0.changes.compactMap { rows[$0] }) }),
            "notes": .array(notes.suffix(Self.notesShown).map(\.json)),
            "runs": .array(runs.sorted { $0.time < $1.time }.map(\.json)),
            "gaps": .array(gaps.prefix(Self.gapsShown).map { .numbers([$0.began, $0.ended, $0.from, $0.to]) }),
        ])
    }

    /// Those that are asked for first, as far as they find room: what an alert names, what weakened, then the newest.
    /// By row, where each stands.
    private func chosenDetails(_ shown: [Int]) -> (details: [JSONValue], places: [Int: Int]) {
        let named = Set(incidents.flatMap(\.changes))
        func rank(_ change: Change) -> Int { named.contains(change.id) ? 0 : change.isWeakening ? 1 : 2 }
        let wanted = shown.indices.map { (rank: rank(changes[shown[$0]]), row: $0) }
            .sorted { $0.rank != $1.rank ? $0.rank < $1.rank : $0.row > $1.row }
        var room = Self.detailBytes
        var chosen: Set<Int> = []
        for (_, row) in wanted {
            room -= PageJSON.bytes(changes[shown[row]].wholeDetail).count
            guard room > 0 else { break }
            chosen.insert(row)
        }
        var details: [JSONValue] = []
        var places: [Int: Int] = [:]
        for row in chosen.sorted() {
            places[row] = details.count
            details.append(changes[shown[row]].wholeDetail)
        }
        return (details, places)
    }

    private func spacesJSON(_ order: [Int]) -> JSONValue {
        var bySpace = [[Int]](repeating: [], count: spaces.count)
        for index in order { bySpace[changes[index].space].append(index) }
        let ranked = spaces.indices.sorted { left, right in
            spaces[left].isHost != spaces[right].isHost
                ? spaces[left].isHost : bySpace[left].count > bySpace[right].count
        }
        let charted = Set(ranked.prefix(Self.spacesShown))
        return .array(
            spaces.indices.map { index in
                let space = spaces[index]
                let states = space.states.sorted { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
                var members: [String: JSONValue] = [
                    "host": .number(space.host), "id": .text(space.id), "is_host": .flag(space.isHost),
                    "changes": .number(bySpace[index].count),
                ]
                guard charted.contains(index) else { return .object(members) }
                members["states"] = .array(states.map { .numbers([$0.time] + $0.figures) })
                var model = ChainModel()
                var next = states[...]
                for change in bySpace[index].map({ changes[$0] }) {
                    while let state = next.first, (state.time, state.sequence) < (change.time, change.sequence) {
                        model.take(state: state.value, at: state.time)
                        next = next.dropFirst()
                    }
                    model.take(change, isWhole: change.deeds.count >= change.deedCount)
                }
                for state in next { model.take(state: state.value, at: state.time) }
                let (chains, leftOut) = model.json(atMost: Self.chainsShown)
                members["chains"] = chains
                members["chains_left_out"] = .number(leftOut)
                return .object(members)
            })
    }
}
