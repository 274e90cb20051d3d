/// Line by line, what a text has that another has not, as `diff -u` shows it.
package enum UnifiedDiff {
    /// How many lines around a change are shown.
    private static let context = 2
    /// Beyond this product of lines the middle is shown as replaced whole: time and memory grow with it.
    private static let effort = 250_000

    /// Hunks with their heads, without file names.
    package static func text(from old: String, to new: String) -> String {
        let old = old.split(separator: "\n", omittingEmptySubsequences: false)
        let new = new.split(separator: "\n", omittingEmptySubsequences: false)
        return hunks(steps(from: without(last: old), to: without(last: new)))
    }

    /// A text ends with a newline, behind which is no line.
    private static func without(last lines: [Substring]) -> [Substring] { lines.last == "" ? lines.dropLast() : lines }

    private enum Step {
        case same(Substring)
        case gone(Substring)
        case new(Substring)

        var isSame: Bool { if case .same = self { true } else { false } }
        var isGone: Bool { if case .gone = self { true } else { false } }
        var isNew: Bool { if case .new = self { true } else { false } }

        /// As `diff -u` shows it.
        var line: String {
            switch self {
            case .same(let line): " " + line
            case .gone(let line): "-" + line
            case .new(let line): "+" + line
            }
        }
    }

    private static func steps(from old: [Substring], to new: [Substring]) -> [Step] {
        let front = zip(old, new).prefix { $0 == $1 }.count
        let back = zip(old.dropFirst(front).reversed(), new.dropFirst(front).reversed()).prefix { $0 == $1 }.count
        let oldMiddle = Array(old[front..<(old.count - back)])
        let newMiddle = Array(new[front..<(new.count - back)])
        var middle: [Step]
        if oldMiddle.count * newMiddle.count > effort {
            middle = oldMiddle.map { .gone($0) } + newMiddle.map { .new($0) }
        } else {
            middle = []
            var gone: Set<Int> = []
            var came: Set<Int> = []
            for change in newMiddle.difference(from: oldMiddle) {
                switch change {
                case .remove(let offset, _, _): gone.insert(offset)
                case .insert(let offset, _, _): came.insert(offset)
                }
            }
            var next = 0
            for (index, line) in oldMiddle.enumerated() {
                if gone.contains(index) {
                    middle.append(.gone(line))
                    continue
                }
                while came.contains(next) {
                    middle.append(.new(newMiddle[next]))
                    next += 1
                }
                middle.append(.same(line))
                next += 1
            }
            while next < newMiddle.count {
                middle.append(.new(newMiddle[next]))
                next += 1
            }
        }
        return old[..<front].map { .same($0) } + middle + old[(old.count - back)...].map { .same($0) }
    }

    private static func hunks(_ steps: [Step]) -> String {
        var text = ""
        var index = 0
        var oldLine = 1
        var newLine = 1
        while index < steps.count {
            guard let change = steps[index...].firstIndex(where: { !$0.isSame }) else { break }
            let start = max(index, change - context)
            // The lines that are passed over.
            oldLine += start - index
            newLine += start - index
            var end = change
            // On to the next change, as long as their surroundings meet.
            while let next = steps[end...].firstIndex(where: { !$0.isSame }), next - end <= 2 * context {
                end = next + 1
            }
            let hunk = steps[start..<min(end + context, steps.count)]
            let oldCount = hunk.count { !$0.isNew }
            let newCount = hunk.count { !$0.isGone }
            text += "@@ -\(oldLine),\(oldCount) +\(newLine),\(newCount) @@\n"
            for step in hunk { text += step.line + "\n" }
            oldLine += oldCount
            newLine += newCount
            index = hunk.endIndex
        }
        return text
    }
}
