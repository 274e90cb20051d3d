/// Where the keys and values of a TOML text stand, by path.
///
/// TOMLKit tells the position of a syntax error only, so the text is walked once before. The walk
/// also decides what TOMLKit gets to see, because toml++ 3.4.0 below it is not made for hostile text:
/// some faults end in a failed assert(), which is live in release builds too (`[=a]`, `1979-05-27T:`),
/// it goes as deep as dotted keys do until the stack is used up, and TOMLKit takes strings
/// over as C strings, which end at a NUL. So it sees only text whose structure this walk has understood.
struct Outline {
    /// One step down from a table or an array.
    enum Step: Hashable {
        case key(String)
        case index(Int)
    }

    /// Why the walk ended early.
    struct Stop: Error {
        let offset: Int
        /// What was found and what was expected.
        let message: String
    }

    /// How many steps any value may be from the root: every key and every array index is one.
    static let maximumDepth = 32

    private(set) var places: [[Step]: Node.Place] = [:]
    /// Nil when the whole text was understood.
    private(set) var stop: Stop?

    init(of text: [UInt8]) {
        var walk = OutlineWalk(text: text)
        do throws(Stop) { try walk.document() } catch { stop = error }
        places = walk.places
    }
}

/// The walk over tables, keys and values. Strings and blanks are the scanner's.
struct OutlineWalk {
    private(set) var places: [[Outline.Step]: Node.Place] = [:]
    private var scanner: TOMLScanner
    /// How many elements the arrays of tables have so far.
    private var counts: [[Outline.Step]: Int] = [:]

    init(text: [UInt8]) {
        scanner = TOMLScanner(text: text)
    }

    mutating func document() throws(Outline.Stop) {
        var table: [Outline.Step] = []
        while true {
            try scanner.skipBlankLines()
            if scanner.isAtEnd { return }
            if scanner.take("[") {
                table = try header()
            } else {
                try member(of: table)
            }
            try scanner.endOfLine()
        }
    }

    /// `[a.b]` or `[[a.b]]`, the first bracket taken.
    private mutating func header() throws(Outline.Stop) -> [Outline.Step] {
        let isArray = scanner.take("[")
        let parts = try keyParts()
        var path: [Outline.Step] = []
        for (index, part) in parts.enumerated() {
            path.append(.key(part.text))
            try note(path, Node.Place(key: part.offset, value: part.offset))
            if isArray && index == parts.count - 1 {
                counts[path, default: 0] += 1
            }
            if let count = counts[path] {
                path.append(.index(count - 1))
                try note(path, Node.Place(key: part.offset, value: part.offset))
            }
        }
        try scanner.expect("]")
        if isArray { try scanner.expect("]") }
        return path
    }

    /// `a.b = value`
    private mutating func member(of table: [Outline.Step]) throws(Outline.Stop) {
        let parts = try keyParts()
        try scanner.expect("=")
        scanner.skipBlanks()
        let value = scanner.offset
        var path = table
        for part in parts {
            path.append(.key(part.text))
            try note(path, Node.Place(key: part.offset, value: value))
        }
        try self.value(path)
    }

    private mutating func keyParts() throws(Outline.Stop) -> [(text: String, offset: Int)] {
        var parts: [(text: String, offset: Int)] = []
        repeat {
            scanner.skipBlanks()
            let offset = scanner.offset
            parts.append((try scanner.key(), offset))
            scanner.skipBlanks()
        } while scanner.take(".")
        return parts
    }

    private mutating func value(_ path: [Outline.Step]) throws(Outline.Stop) {
        if scanner.take("[") {
            try array(path)
        } else if scanner.take("{") {
            try inlineTable(path)
        } else {
            try scanner.scalar()
        }
    }

    private mutating func array(_ path: [Outline.Step]) throws(Outline.Stop) {
        var index = 0
        while true {
            try scanner.skipBlankLines()
            if scanner.take("]") { return }
            try note(path + [.index(index)], Node.Place(key: scanner.offset, value: scanner.offset))
            try value(path + [.index(index)])
            index += 1
            try scanner.skipBlankLines()
            if !scanner.take(",") { return try scanner.expect("]", orElse: ",") }
        }
    }

    private mutating func inlineTable(_ path: [Outline.Step]) throws(Outline.Stop) {
        scanner.skipBlanks()
        if scanner.take("}") { return }
        repeat { try member(of: path) } while scanner.takeAfterBlanks(",")
        try scanner.expect("}", orElse: ",")
    }

    /// The first mention of a path is its place.
    private mutating func note(_ path: [Outline.Step], _ place: Node.Place) throws(Outline.Stop) {
        guard path.count <= Outline.maximumDepth else {
            let message = "found a value more than \(Outline.maximumDepth) levels deep, expected fewer levels"
            throw Outline.Stop(offset: place.key, message: message)
        }
        if places[path] == nil { places[path] = place }
    }
}
