extension RawSpan {
    /// The text up to the first NUL, or all of it where there is none.
    ///
    /// The kernel takes any bytes as the name of a table, chain or set, and names must stay apart: Swift compares
    /// strings by canonical equivalence, so that even two valid names of different bytes may be equal. Hence ASCII and
    /// UTF-8 in normal form C come as they are; of all else each byte over 0x7f is written `\xHH`. So is a backslash,
    /// always (`\x5c`). Two names are equal as strings if and only if they are equal as bytes.
    package func name() -> String {
        let bytes = Span<UInt8>(_bytes: self)
        var end = 0
        var isPlain = true
        while end < bytes.count, bytes[end] != 0 {
            if bytes[end] == UInt8(ascii: "\\") { isPlain = false }
            end &+= 1
        }
        if isPlain, let text = try? UTF8Span(validating: bytes.extracting(0..<end)) {
            if text.isKnownASCII { return String(copying: text) }
            var text = text
            if text.checkForNFC(quickCheck: false) { return String(copying: text) }
        }
        return escaped(bytes.extracting(0..<end))
    }
}

private func escaped(_ bytes: Span<UInt8>) -> String {
    var text = ""
    for index in bytes.indices {
        let byte = bytes[index]
        if byte < 0x80, byte != UInt8(ascii: "\\") {
            text.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            let digits = String(byte, radix: 16)
            text += digits.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
        }
    }
    return text
}
