/// A pattern of names: `*` stands for any number of characters, `?` for one; all others stand for themselves.
public struct Glob: Hashable, Sendable {
    /// The pattern as it was written.
    public let text: String
    private let scalars: [Unicode.Scalar]

    /// Any text is a pattern.
    public init(_ text: String) {
        self.text = text
        scalars = Array(text.unicodeScalars)
    }

    /// Whether it stands for nothing but itself.
    public var isLiteral: Bool { !scalars.contains("*") && !scalars.contains("?") }

    /// Whether the whole of a name is meant. The time it takes grows with the product of both lengths, no more.
    public func matches(_ name: some StringProtocol) -> Bool {
        let name = Array(name.unicodeScalars)
        var position = 0
        var next = 0
        // Where the last star stood, and up to where it reaches so far.
        var star: (pattern: Int, name: Int)?
        while position < name.count {
            if next < scalars.count, scalars[next] == "*" {
                star = (next, position)
                next += 1
            } else if next < scalars.count, scalars[next] == "?" || scalars[next] == name[position] {
                next += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                next = last.pattern + 1
                position = last.name + 1
            } else {
                return false
            }
        }
        return scalars[next...].allSatisfy { $0 == "*" }
    }
}
