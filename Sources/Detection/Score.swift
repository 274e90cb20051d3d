/// How bad an incident is: what was lost, times how suspicious it is.
///
/// The impact is the gravest finding and a quarter of each other one, at most 100. Without suspicion half of it counts;
/// each percent of suspicion adds a percent of the impact. The reasons' weights add up to the score.
package struct Score: Hashable, Sendable, Codable {
    package struct Reason: Hashable, Sendable, Codable {
        package var id: String
        package var weight: Int
        package var text: String
    }

    package private(set) var value: Int
    package private(set) var reasons: [Reason]

    /// `share`: what the place counts, in percent.
    init(_ findings: [Finding], _ suspicion: Suspicion, share: Int) {
        let sorted = findings.sorted { ($1.points, $0.rule) < ($0.points, $1.rule) }
        var parts: [(id: String, text: String, points: Double)] = []
        var room = 100.0
        for (index, finding) in sorted.enumerated() {
            let points = min(room, Double(finding.points) * (index == 0 ? 1 : 0.25))
            room -= points
            parts.append((finding.rule.rawValue, finding.text, points))
        }
        let impact = (100 - room) * Double(share) / 100
        let plain = 1 - Double(Suspicion.most) / 100
        parts = parts.map { ($0.id, $0.text, $0.points * Double(share) / 100 * plain) }
        let all = suspicion.parts.reduce(0) { $0 + $1.percent }
        let scale = all > Suspicion.most ? Double(Suspicion.most) / Double(all) : 1
        parts += suspicion.parts.map { ($0.id, $0.text, impact * Double($0.percent) * scale / 100) }
        value = Int(parts.reduce(0) { $0 + $1.points }.rounded())
        reasons = Self.rounded(parts, to: value)
    }

    /// Whole numbers that add up: what is left over goes to those that lost most by rounding down.
    private static func rounded(_ parts: [(id: String, text: String, points: Double)], to total: Int) -> [Reason] {
        var reasons = parts.map { Reason(id: $0.id, weight: Int($0.points), text: $0.text) }
        let left = total - reasons.reduce(0) { $0 + $1.weight }
        let order = parts.indices.sorted {
            let (first, second) = (parts[$0].points, parts[$1].points)
            return (second.truncatingRemainder(dividingBy: 1), $0) < (first.truncatingRemainder(dividingBy: 1), $1)
        }
        for index in order.prefix(max(0, left)) { reasons[index].weight += 1 }
        return reasons
    }
}
