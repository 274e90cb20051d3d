/// Collects what is wrong with one file.
struct Diagnostics {
    /// Where the reading of a file stops to be of help to anybody.
    static let limit = 100

    let file: String
    let text: [UInt8]
    private(set) var errors: [ConfigurationError] = []
    private var omitted = 0

    init(file: String, text: [UInt8]) {
        self.file = file
        self.text = text
    }

    /// Notes an error at a byte of the text.
    mutating func report(at offset: Int, _ message: String) {
        guard errors.count < Self.limit else {
            omitted += 1
            return
        }
        let (line, column) = position(of: offset)
        errors.append(ConfigurationError(file: file, line: line, column: column, message: message))
    }

    /// Notes an error whose place is known.
    mutating func report(line: Int, column: Int, _ message: String) {
        errors.append(ConfigurationError(file: file, line: line, column: column, message: message))
    }

    /// All errors, in the order of the text.
    func finished() -> [ConfigurationError] {
        let sorted = errors.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        guard omitted > 0 else { return sorted }
        let rest = ConfigurationError(file: file, line: 0, column: 0, message: "\(omitted) more errors are not shown")
        return sorted + [rest]
    }

    private func position(of offset: Int) -> (line: Int, column: Int) {
        let before = text.prefix(max(0, min(offset, text.count)))
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = 1 + before.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        // Every byte but those that continue a scalar.
        let column = 1 + before[lineStart...].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        return (line, column)
    }
}
