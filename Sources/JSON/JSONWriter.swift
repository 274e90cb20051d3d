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
    public mutating func line(_ body: (inout JSONWriter) -> Void) {
        clear()
        bytes.append(Ascii.openBrace)
        body(&self)
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
    public mutating func object(_ key: StaticString, _ body: (inout JSONWriter) -> Void) {
        let start = mark()
        begin(key)
        nest(Ascii.openBrace, Ascii.closeBrace, start, body)
    }

    /// A member that is an array of what `body` writes as elements. It vanishes if that is nothing.
    public mutating func array(_ key: StaticString, _ body: (inout JSONWriter) -> Void) {
        let start = mark()
        begin(key)
        nest(Ascii.openBracket, Ascii.closeBracket, start, body)
    }

    /// An array element that is an object. It vanishes if `body` writes nothing.
    public mutating func element(_ body: (inout JSONWriter) -> Void) {
        let start = mark()
        separate()
        nest(Ascii.openBrace, Ascii.closeBrace, start, body)
    }

    /// Members that were written before, without the braces around them. `escaped`: text in them was altered.
    public mutating func members(written: String, escaped: Bool = false) {
        members(written: written.utf8Span.span, escaped: escaped)
    }

    /// Members that were written before, without the braces around them. `escaped`: text in them was altered.
    public mutating func members(written: Span<UInt8>, escaped: Bool = false) {
        guard !written.isEmpty else { return }
        separate()
        bytes.append(contentsOf: written, 0..<written.count)
        self.escaped = self.escaped || escaped
    }

    /// What `body` writes, to be written again by ``members(written:escaped:)``, and whether text in it was altered.
    public mutating func recording(_ body: (inout JSONWriter) -> Void) -> (members: [UInt8], escaped: Bool) {
        let before = escaped
        let start = bytes.count + (needsComma ? 1 : 0)
        escaped = false
        body(&self)
        let altered = escaped
        escaped = before || altered
        return (bytes.count > start ? Array(bytes[start...]) : [], altered)
    }

    /// What `body` writes, between these two; without anything, nothing since `start`.
    mutating func nest(_ open: UInt8, _ close: UInt8, _ start: Mark, _ body: (inout JSONWriter) -> Void) {
        bytes.append(open)
        needsComma = false
        body(&self)
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
    @usableFromInline
    mutating func separate() {
        if needsComma { bytes.append(Ascii.comma) }
        needsComma = true
    }

    /// The comma, the key and the colon of a member.
    @usableFromInline
    mutating func begin(_ key: StaticString) {
        separate()
        bytes.append(Ascii.quote)
        // Names are written in the program: nothing in them needs to be escaped.
        key.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
        bytes.append(Ascii.quote)
        bytes.append(Ascii.colon)
    }

    /// The same for a name that is made while the program runs.
    mutating func begin(named key: String) {
        separate()
        write(key)
        bytes.append(Ascii.colon)
    }
}
