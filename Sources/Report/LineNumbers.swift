internal import JSON

/// The numbers of the lines of one installation: which are missing.
struct LineNumbers {
    private var seen: [Int: Int] = [:]

    mutating func note(_ sequence: Int, at time: Int) {
        guard sequence > 0 else { return }
        seen[sequence] = time
    }

    struct Gap: Hashable {
        var from: Int
        var to: Int
        /// Of the lines before and after it.
        var began: Int
        var ended: Int

        var count: Int { to - from + 1 }
    }

    var gaps: [Gap] {
        let numbers = seen.keys.sorted()
        return zip(numbers, numbers.dropFirst()).compactMap { before, after in
            guard after - before > 1, let left = seen[before], let right = seen[after] else { return nil }
            return Gap(from: before + 1, to: after - 1, began: min(left, right), ended: max(left, right))
        }
    }
}
