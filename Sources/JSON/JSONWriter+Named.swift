/// Members whose names are made while the program runs. They cost more than those that are written in it.
extension JSONWriter {
    /// A text. Absent: nothing is written.
    public mutating func field(named key: String, _ value: String?) {
        guard let value else { return }
        begin(named: key)
        write(value)
    }

    /// An integer, by the rule of the other.
    public mutating func field<Value: FixedWidthInteger>(named key: String, _ value: Value) {
        begin(named: key)
        write(value)
    }

    /// A finite number. Others write nothing.
    public mutating func field(named key: String, _ value: Double) {
        guard value.isFinite else { return }
        begin(named: key)
        bytes.append(contentsOf: value.description.utf8)
    }

    /// A truth value.
    public mutating func field(named key: String, _ value: Bool) {
        begin(named: key)
        write(value)
    }

    /// An array of texts. Empty: nothing is written.
    public mutating func field(named key: String, list: [String]) {
        let start = mark()
        begin(named: key)
        nest(Ascii.openBracket, Ascii.closeBracket, start) { array in
            for value in list { array.element(value) }
        }
    }

    /// A member that is an object. It vanishes if `body` writes nothing.
    public mutating func object(named key: String, _ body: (inout JSONWriter) -> Void) {
        let start = mark()
        begin(named: key)
        nest(Ascii.openBrace, Ascii.closeBrace, start, body)
    }
}
