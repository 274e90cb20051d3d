/// Writes one JSON object after another into a buffer that is kept.
///
/// Members come out in the order of the calls. There is never a `null` (an absent value writes
/// nothing) and never an empty object or array (what stays empty is taken back, its key too).
/// Text follows the rule of ``EscapedText``.
///
///     writer.line { line in
///         line.field("@timestamp", now)
///         line.object("process") { process in
///             process.field("pid", 4711)
///             process.field("name", bytes: comm.span)
///         }
///     }
///     queue.enqueue(writer.bytes, class: .firewall)
public struct JSONWriter: Sendable {
    /// What has been written: after ``line(_:)`` one whole line, newline included.
    public internal(set) var bytes: [UInt8]

    /// Whether text was altered by ``EscapedText`` since the line began.
    public internal(set) var escaped = false

    /// Whether the next member needs a comma; false says that the open object or array is empty.
    var needsComma = false

    /// A writer whose buffer grows beyond `capacity` only for a longer line.
    public init(capacity: Int = 8192) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// The length so far, for callers with a budget.
    public var count: Int { bytes.count }

    /// Starts over and writes one object and a newline.
    public mutating func line<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        clear()
        bytes.append(Ascii.openBrace)
        try body(&self)
        bytes.append(Ascii.closeBrace)
        bytes.append(Ascii.newline)
    }

    /// The members of the line, without the braces around them.
    public var membersWritten: String { String(decoding: bytes.dropFirst().dropLast(2), as: UTF8.self) }

    /// Forgets what was written and keeps the memory.
    public mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
        escaped = false
    }

    /// A member that is an object. It vanishes if `body` writes nothing.
    public mutating func object<E: Error>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        let start = mark()
        begin(key)
        try nest(Ascii.openBrace, Ascii.closeBrace, start, body)
    }

    /// A member that is an array of what `body` writes as elements. It vanishes if that is nothing.
    public mutating func array<E: Error>(
        _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        let start = mark()
        begin(key)
        try nest(Ascii.openBracket, Ascii.closeBracket, start, body)
    }

    /// An array element that is an object. It vanishes if `body` writes nothing.
    public mutating func element<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        let start = mark()
        separate()
        try nest(Ascii.openBrace, Ascii.closeBrace, start, body)
    }

    /// Members that were written before, without the braces around them. `escaped`: text in them was altered.
    public mutating func members(written: String, escaped: Bool = false) {
        guard !written.isEmpty else { return }
        separate()
        bytes.append(contentsOf: written.utf8)
        self.escaped = self.escaped || escaped
    }

    private mutating func nest<E: Error>(
        _ open: UInt8, _ close: UInt8, _ start: Mark, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        bytes.append(open)
        needsComma = false
        do throws(E) { try body(&self) } catch {
            rollBack(to: start)
            throw error
        }
        guard needsComma else { return rollBack(to: start) }
        bytes.append(close)
    }
}

extension JSONWriter {
    /// A place in the output to come back to.
    public struct Mark: Sendable {
        let count: Int
        let needsComma: Bool
        let escaped: Bool
    }

    /// The present place. It is valid within the object or array that is open now.
    public func mark() -> Mark {
        Mark(count: bytes.count, needsComma: needsComma, escaped: escaped)
    }

    /// Takes back what was written since `mark`, for instance a member that went over the budget.
    public mutating func rollBack(to mark: Mark) {
        bytes.removeLast(max(0, bytes.count - mark.count))
        needsComma = mark.needsComma
        escaped = mark.escaped
    }

    /// The comma before a member or an element.
    mutating func separate() {
        if needsComma { bytes.append(Ascii.comma) }
        needsComma = true
    }

    /// The comma, the key and the colon of a member.
    mutating func begin(_ key: String) {
        separate()
        write(key)
        bytes.append(Ascii.colon)
    }
}
