/// How much of what can grow without bound goes into one line. A line that is too long is written again
/// with the next of them.
struct Limits {
    /// Bytes of the process's arguments.
    var arguments: Int
    /// Bytes of each ancestor's command line, and how many ancestors.
    var ancestorCommand: Int
    var ancestors: Int
    /// Operations; the others follow in lines of their own.
    var operations: Int
    /// Rules of each of them in words; the others follow too.
    var rules: Int

    /// Bytes of any other text: a path, a name, a reason.
    var text: Int
    /// Only what a change cannot do without.
    var isBare = false

    /// Of an author that was written before, less is told.
    var isShort: Bool { text < 160 }

    static let ladder = [
        Limits(arguments: 2048, ancestorCommand: 256, ancestors: 32, operations: 32, rules: 32, text: 4096),
        Limits(arguments: 1024, ancestorCommand: 96, ancestors: 16, operations: 16, rules: 8, text: 512),
        Limits(arguments: 384, ancestorCommand: 48, ancestors: 10, operations: 6, rules: 2, text: 160),
        Limits(arguments: 96, ancestorCommand: 16, ancestors: 4, operations: 2, rules: 1, text: 64),
        Limits(arguments: 32, ancestorCommand: 0, ancestors: 0, operations: 0, rules: 0, text: 32),
        Limits(arguments: 0, ancestorCommand: 0, ancestors: 0, operations: 0, rules: 0, text: 12, isBare: true),
    ]

    /// The front of a text that is too long.
    func cut(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.count <= text ? bytes : bytes.prefix(text) + CutArguments.gap
    }

    /// The front of a text that is too long.
    func cut(_ string: String) -> String {
        guard string.utf8.count > text else { return string }
        var kept = string.prefix(text)
        while kept.utf8.count > text { kept.removeLast() }
        return kept + "…"
    }
}

/// Arguments cut from their middle, so that the program and the end of the line stay.
struct CutArguments {
    var arguments: [ArraySlice<UInt8>]
    var isCut: Bool

    /// What stands where something was cut out.
    static let gap = Array("…".utf8)[...]

    init(_ all: [ArraySlice<UInt8>], limit: Int) {
        let total = all.reduce(0) { $0 + $1.count + 1 }
        guard total > limit else {
            arguments = all
            isCut = false
            return
        }
        var front: [ArraySlice<UInt8>] = []
        var back: [ArraySlice<UInt8>] = []
        var room = limit
        var rest = all[...]
        // In turn from the front and the back, as long as either fits.
        while let first = rest.first, let last = rest.last {
            if first.count < room, front.count <= back.count || last.count >= room {
                front.append(rest.removeFirst())
                room -= first.count + 1
            } else if last.count < room {
                back.append(rest.removeLast())
                room -= last.count + 1
            } else {
                break
            }
        }
        // The first that did not fit, in part; the program's name at any rate.
        if let first = rest.first, room > 16 || front.isEmpty {
            let half = max(room, 16) / 2
            front.append(first.prefix(half) + Self.gap + first.suffix(half))
            rest.removeFirst()
        }
        if !rest.isEmpty { front.append(Self.gap) }
        arguments = front + back.reversed()
        isCut = true
    }

    /// As a shell would show them, for reading: not to be parsed.
    var commandLine: ArraySlice<UInt8> {
        guard arguments.count > 1 else { return arguments.first ?? [] }
        var line: [UInt8] = []
        line.reserveCapacity(arguments.reduce(0) { $0 + $1.count + 1 })
        for (index, argument) in arguments.enumerated() {
            if index > 0 { line.append(UInt8(ascii: " ")) }
            line.append(contentsOf: argument)
        }
        return line[...]
    }
}
