import JSON

/// The text of one object whose members `body` writes.
func json(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(capacity: 16)
    writer.line(body)
    return String(decoding: writer.bytes, as: UTF8.self)
}

/// What a JSON reader makes of the single string member `key` that `body` writes.
func readBack(_ bytes: [UInt8]) -> String? {
    // By scalars: a combining mark after the quote would make one Character of the two.
    let line = json { $0.field("k", bytes: bytes) }.unicodeScalars
    guard line.starts(with: "{\"k\":\"".unicodeScalars), line.suffix(3).elementsEqual("\"}\n".unicodeScalars) else {
        return nil
    }
    var result = String.UnicodeScalarView()
    var scalars = line.dropFirst(6).dropLast(3).makeIterator()
    while let scalar = scalars.next() {
        guard scalar == "\\" else {
            if scalar == "\"" || scalar.value < 0x20 { return nil }
            result.append(scalar)
            continue
        }
        guard let next = scalars.next(), next == "\\" || next == "\"" else { return nil }
        result.append(next)
    }
    return String(result)
}
